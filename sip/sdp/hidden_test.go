package sdp

import (
	"strings"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

const (
	hostCandidate = "1 1 udp 1 192.0.2.1 4000 typ host\n"
	credentials   = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\n"
)

func checkingTerms() Terms {
	x := terms()
	x.Local.ICE = agreement.ICE{Ufrag: "efgh", Pwd: "0123456789012345678901", Candidates: hostCandidate}
	return x
}

// A describer whose candidates come later has no address yet. It is not on hold, and there
// is nowhere to send to before the checks; without ICE of ours there is no way to it.
func TestNoAddressYet(t *testing.T) {
	offer := []byte(strings.Replace(string(far("m=audio 9 RTP/AVP 0\na=rtcp-mux\n"+credentials)), "198.51.100.7", "0.0.0.0", 2))
	_, b, a, err := NewSide(1).Answer(offer, checkingTerms())
	if err != nil || a.Direction != agreement.SendRecv || !a.ICE.On() || a.RTP.IsValid() || !strings.Contains(string(b), "a=sendrecv") {
		t.Errorf("%v %+v\n%s", err, a, b)
	}
	// With a port it is the hold of old, ICE or not.
	held := []byte(strings.Replace(string(offer), "audio 9", "audio 6000", 1))
	if _, _, a, err := NewSide(1).Answer(held, checkingTerms()); err != nil || a.Direction.Send() {
		t.Errorf("%v %+v", err, a)
	}
	if _, _, a, err := NewSide(1).Answer(offer, terms()); err != nil || a.RTP.IsValid() || a.ICE.On() {
		t.Errorf("without ICE: %v %+v", err, a)
	}
}

// The default address of who takes part in the checks may be of the other IP version: it is
// where they ended, not where we must send to.
func TestDefaultOfTheOtherVersion(t *testing.T) {
	six := strings.NewReplacer("IN IP4 198.51.100.7", "IN IP6 2001:db8::7")
	for _, c := range []struct {
		name, more string
		terms      Terms
		ok         bool
	}{
		{"both check", credentials + "a=candidate:1 1 UDP 1 2001:db8::7 6000 typ host\n", checkingTerms(), true},
		{"it names no candidate for it", credentials + "a=candidate:1 1 UDP 1 198.51.100.7 6000 typ host\n", checkingTerms(), false},
		{"we do not", credentials + "a=candidate:1 1 UDP 1 2001:db8::7 6000 typ host\n", terms(), false},
		{"it does not", "", checkingTerms(), false},
	} {
		body := []byte(six.Replace(string(far("m=audio 6000 RTP/AVP 0\n" + c.more))))
		_, _, a, err := NewSide(1).Answer(body, c.terms)
		if (err == nil) != c.ok || c.ok && !a.ICE.On() {
			t.Errorf("%s, offered: %v %+v", c.name, err, a)
		}
		_, offer := NewSide(1).Offer(c.terms)
		if a, err = Complete(offer, body); (err == nil) != c.ok || c.ok && !a.ICE.On() {
			t.Errorf("%s, answered: %v %+v", c.name, err, a)
		}
	}
}

// What belongs to one stream is not believed for all of them: it would rename the formats
// of streams that say something else.
func TestStreamMattersAtSessionLevel(t *testing.T) {
	d, bad := parse(far("a=rtpmap:0 X/8000\na=fmtp:0 y\na=rtcp:7777\na=ptime:30\nm=audio 6000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"))
	if bad != nil {
		t.Fatal(bad)
	}
	if s := d.streams[0]; s.formats[0].codec != agreement.PCMU || s.formats[0].fmtp != "" || s.rtcp.Port() != 6001 || s.ptime != 30 {
		t.Errorf("%+v", s)
	}
}
