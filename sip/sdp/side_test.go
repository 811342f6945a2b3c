package sdp

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	pion "github.com/pion/sdp/v3"

	"github.com/offhook/offhook/media/agreement"
)

func local(rtp string) agreement.Local {
	a := netip.MustParseAddrPort(rtp)
	return agreement.Local{RTP: a, RTCP: netip.AddrPortFrom(a.Addr(), a.Port()+1),
		Codecs: []agreement.Codec{agreement.PCMU, agreement.PCMA, agreement.Opus}}
}

func terms() Terms {
	return Terms{Local: local("192.0.2.1:4000"), Codecs: []string{"opus", "pcma", "pcmu"}}
}

// text turns a body written with plain line ends into SDP.
func text(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimLeft(s, "\n"), "\n", "\r\n"))
}

func plain(b []byte) string { return "\n" + strings.ReplaceAll(string(b), "\r\n", "\n") }

// far is an offer of a far end: head and one audio stream.
func far(media string) []byte {
	return text("v=0\no=far 1 1 IN IP4 198.51.100.7\ns=-\nc=IN IP4 198.51.100.7\nt=0 0\n" + media)
}

// compare netip values by their text.
var byText = cmp.Options{cmpopts.EquateComparable(netip.AddrPort{})}

// readable requires that an independent parser understands what we write.
func readable(t *testing.T, b []byte) {
	t.Helper()
	var d pion.SessionDescription
	if err := d.Unmarshal(b); err != nil {
		t.Errorf("another parser refuses our description: %v\n%s", err, b)
	}
}

const fullOffer = `
v=0
o=- 7 1 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 4000 RTP/AVP 96 8 0 97 101
a=rtcp-mux
a=rtcp-xr:voip-metrics
a=rtpmap:96 opus/48000/2
a=fmtp:96 minptime=10;useinbandfec=1
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:97 telephone-event/48000
a=fmtp:97 0-15
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
`

func TestOfferText(t *testing.T) {
	s, b := NewSide(7).Offer(terms())
	if d := cmp.Diff(fullOffer, plain(b)); d != "" {
		t.Error(d)
	}
	readable(t, b)

	same, again := s.Offer(terms())
	if d := cmp.Diff(string(b), string(again)); d != "" {
		t.Errorf("the same offer again: %s", d)
	}
	hold := terms()
	hold.Direction = agreement.SendOnly
	_, held := same.Offer(hold)
	want := strings.Replace(strings.Replace(fullOffer, "o=- 7 1", "o=- 7 2", 1), "a=sendrecv", "a=sendonly", 1)
	if d := cmp.Diff(want, plain(held)); d != "" {
		t.Errorf("hold: %s", d)
	}
	if _, b := s.Offer(terms()); plain(b) != fullOffer {
		t.Error("an older value of the side was changed")
	}
}

func TestOfferFollowsTheAccount(t *testing.T) {
	for _, c := range []struct {
		name   string
		codecs []string
		media  []agreement.Codec
		want   string
	}{
		{"order", []string{"pcmu", "opus"}, nil, "0 96 101 97"},
		{"cut by media", []string{"opus", "pcma"}, []agreement.Codec{agreement.PCMA}, "8 101"},
		{"none named", nil, []agreement.Codec{agreement.PCMU, agreement.PCMA}, "0 8 101"},
		{"twice", []string{"pcma", "pcma", "PCMA"}, nil, "8 101"},
		{"another codec of media", nil, []agreement.Codec{{Name: "L16", Clock: 16000, Chans: 1}}, "98 127"},
		{"wideband", []string{"l16/48000", "g722", "l16/16000", "pcmu"}, agreement.Codecs(), "99 9 98 0 97 101 127"},
	} {
		x := terms()
		if x.Codecs = c.codecs; c.media != nil {
			x.Local.Codecs = c.media
		}
		_, b := NewSide(1).Offer(x)
		if want := "m=audio 4000 RTP/AVP " + c.want + "\r\n"; !strings.Contains(string(b), want) {
			t.Errorf("%s: no %q in\n%s", c.name, want, b)
		}
		readable(t, b)
	}
}

func TestOfferAddresses(t *testing.T) {
	x := terms()
	x.Local = local("[2001:db8::1]:4000")
	x.Local.RTCP = netip.MustParseAddrPort("[2001:db8::1]:5005")
	_, b := NewSide(1).Offer(x)
	for _, want := range []string{"o=- 1 1 IN IP6 2001:db8::1\r\n", "c=IN IP6 2001:db8::1\r\n", "a=rtcp:5005\r\n"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q in\n%s", want, b)
		}
	}
	readable(t, b)
}

func TestAnswerText(t *testing.T) {
	offer := far(`m=video 5000 RTP/AVP 31
m=audio 6000 RTP/AVP 0 111 110 105
a=rtpmap:111 opus/48000/2
a=fmtp:111 maxaveragebitrate=30000; useinbandfec=1;stereo=1
a=rtpmap:110 telephone-event/48000
a=rtpmap:105 telephone-event/8000
m=audio 7000 RTP/AVP 0
m=image 0 udptl t38
`)
	s, b, a, err := NewSide(9).Answer(offer, terms())
	if err != nil {
		t.Fatal(err)
	}
	want := `
v=0
o=- 9 1 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=video 0 RTP/AVP 31
m=audio 4000 RTP/AVP 111 110
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:110 telephone-event/48000
a=fmtp:110 0-15
a=ptime:20
a=sendrecv
m=audio 0 RTP/AVP 0
m=image 0 udptl t38
`
	if d := cmp.Diff(want, plain(b)); d != "" {
		t.Error(d)
	}
	agreed := agreement.Agreed{
		RTP: netip.MustParseAddrPort("198.51.100.7:6000"), RTCP: netip.MustParseAddrPort("198.51.100.7:6001"),
		Codec: agreement.Opus, PayloadType: 111, RecvType: 111, PacketTime: 20 * time.Millisecond,
		EventType: 110, EventRecv: 110, EventClock: 48000, FEC: true, MaxBitrate: 30000,
	}
	if d := cmp.Diff(agreed, a, byText); d != "" {
		t.Error(d)
	}

	// Our own offer later keeps the streams and the numbers (RFC 3264 §8.3.2).
	_, b = s.Offer(terms())
	want = `
v=0
o=- 9 2 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=video 0 RTP/AVP 31
m=audio 4000 RTP/AVP 111 8 0 110 105
a=rtcp-mux
a=rtcp-xr:voip-metrics
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:110 telephone-event/48000
a=fmtp:110 0-15
a=rtpmap:105 telephone-event/8000
a=fmtp:105 0-15
a=ptime:20
a=sendrecv
m=audio 0 RTP/AVP 0
m=image 0 udptl t38
`
	if d := cmp.Diff(want, plain(b)); d != "" {
		t.Error(d)
	}
}

func TestNumbersOfTheFarEndAreNotReused(t *testing.T) {
	offer := far("m=audio 6000 RTP/AVP 0 96 97\na=rtpmap:96 G722/8000\na=rtpmap:97 telephone-event/8000\n")
	s, _, _, err := NewSide(1).Answer(offer, terms())
	if err != nil {
		t.Fatal(err)
	}
	_, b := s.Offer(terms())
	if want := "m=audio 4000 RTP/AVP 127 8 0 126 97\r\n"; !strings.Contains(string(b), want) {
		t.Errorf("no %q in\n%s", want, b)
	}
	many := "m=audio 6000 RTP/AVP 0"
	maps := ""
	for typ := 96; typ <= 127; typ++ {
		many += " " + strconv.Itoa(typ)
		maps += "a=rtpmap:" + strconv.Itoa(typ) + " X" + strconv.Itoa(typ) + "/8000\n"
	}
	if s, _, _, err = NewSide(1).Answer(far(many+"\n"+maps), terms()); err != nil {
		t.Fatal(err)
	}
	if _, b = s.Offer(terms()); !strings.Contains(string(b), "m=audio 4000 RTP/AVP 8 0\r\n") {
		t.Errorf("no number is left, yet:\n%s", b)
	}
}

// A side is a value: what follows from one in two ways stays apart.
func TestSidesStayApart(t *testing.T) {
	base := NewSide(1)
	for _, typ := range []string{"96", "97"} { // three numbers: a slice that grows by doubling has room for one more
		var err error
		if base, _, _, err = base.Answer(far("m=audio 6000 RTP/AVP 0 "+typ+"\na=rtpmap:"+typ+" X"+typ+"/8000\n"), terms()); err != nil {
			t.Fatal(err)
		}
	}
	one, _, _, err := base.Answer(far("m=audio 6000 RTP/AVP 0 110\na=rtpmap:110 opus/48000/2\n"), terms())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err = base.Answer(far("m=audio 6000 RTP/AVP 0 120\na=rtpmap:120 opus/48000/2\n"), terms()); err != nil {
		t.Fatal(err)
	}
	if _, b := one.Offer(terms()); !strings.Contains(string(b), "a=rtpmap:110 opus/48000/2") {
		t.Errorf("the other way's number has come in:\n%s", b)
	}
}

// Hold in all its forms, from both sides (RFC 3264 §8.4, RFC 2543 §B.5).
func TestDirections(t *testing.T) {
	const S, R, B, N = agreement.SendOnly, agreement.RecvOnly, agreement.SendRecv, agreement.Inactive
	for _, c := range []struct {
		theirs string
		addr   string
		ours   agreement.Direction // wanted
		want   agreement.Direction
		send   bool // an address to send to is agreed
	}{
		{"", "198.51.100.7", B, B, true},
		{"a=sendrecv\n", "198.51.100.7", B, B, true},
		{"a=sendonly\n", "198.51.100.7", B, R, true},
		{"a=recvonly\n", "198.51.100.7", B, S, true},
		{"a=inactive\n", "198.51.100.7", B, N, true},
		{"", "0.0.0.0", B, R, false},
		{"a=sendrecv\n", "0.0.0.0", B, R, false},
		{"a=sendonly\n", "0.0.0.0", B, R, false},
		{"a=inactive\n", "0.0.0.0", B, N, false},
		{"", "198.51.100.7", S, S, true},
		{"a=sendonly\n", "198.51.100.7", S, N, true},
		{"a=recvonly\n", "198.51.100.7", S, S, true},
		{"a=inactive\n", "198.51.100.7", S, N, true},
		{"", "0.0.0.0", S, N, false},
	} {
		x := terms()
		x.Direction = c.ours
		body := text("v=0\no=far 1 1 IN IP4 198.51.100.7\ns=-\nc=IN IP4 " + c.addr + "\nt=0 0\nm=audio 6000 RTP/AVP 0\n" + c.theirs)
		_, b, a, err := NewSide(1).Answer(body, x)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if a.Direction != c.want || a.RTP.IsValid() != c.send || !strings.Contains(string(b), "a="+c.want.String()+"\r\n") {
			t.Errorf("%+v: answered %v to %v:\n%s", c, a.Direction, a.RTP, b)
		}
		// The same as an answer to our offer.
		_, offer := NewSide(1).Offer(x)
		if a, err = Complete(offer, body); err != nil || a.Direction != c.want || a.RTP.IsValid() != c.send {
			t.Errorf("%+v: as an answer: %v %v %v", c, a.Direction, a.RTP, err)
		}
	}
}

func TestDirectionLevels(t *testing.T) {
	for _, c := range []struct {
		session, media string
		want           agreement.Direction
	}{
		{"a=sendonly\n", "", agreement.RecvOnly},
		{"a=sendonly\n", "a=sendrecv\n", agreement.SendRecv},
		{"a=inactive\n", "a=recvonly\n", agreement.SendOnly},
		{"", "c=IN IP4 0.0.0.0\n", agreement.RecvOnly},
	} {
		_, _, a, err := NewSide(1).Answer(far(c.session+"m=audio 6000 RTP/AVP 0\n"+c.media), terms())
		if err != nil || a.Direction != c.want {
			t.Errorf("%+v: %v %v", c, a.Direction, err)
		}
	}
}

func TestSwitchedOffAndOnAgain(t *testing.T) {
	off := far("m=audio 0 RTP/AVP 0\n")
	if _, _, _, err := NewSide(1).Answer(off, terms()); err == nil {
		t.Error("a new call without audio was accepted")
	}
	s, _, _, err := NewSide(1).Answer(far("m=audio 6000 RTP/AVP 0\n"), terms())
	if err != nil {
		t.Fatal(err)
	}
	s, b, a, err := s.Answer(off, terms())
	if err != nil || a.Direction != agreement.Inactive || a.RTP.IsValid() || !strings.HasSuffix(string(b), "m=audio 0 RTP/AVP 0\r\n") {
		t.Errorf("off: %v %+v\n%s", err, a, b)
	}
	if _, _, a, err = s.Answer(far("m=audio 6000 RTP/AVP 0\n"), terms()); err != nil || a.Direction != agreement.SendRecv {
		t.Errorf("on again: %v %+v", err, a)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		offer   []byte
		status  int
		warning int
	}{
		{"no common codec", far("m=audio 6000 RTP/AVP 18 9\n"), 488, 305},
		{"only events", far("m=audio 6000 RTP/AVP 101\na=rtpmap:101 telephone-event/8000\n"), 488, 305},
		{"stereo PCMU", far("m=audio 6000 RTP/AVP 100\na=rtpmap:100 PCMU/8000/2\n"), 488, 305},
		{"wideband PCMU", far("m=audio 6000 RTP/AVP 100\na=rtpmap:100 PCMU/16000\n"), 488, 305},
		{"no audio", far("m=video 6000 RTP/AVP 31\n"), 488, 304},
		{"no stream", far(""), 488, 304},
		{"fax", far("m=image 6000 udptl t38\n"), 488, 304},
		{"encrypted", far("m=audio 6000 RTP/SAVP 0\n"), 488, 302},
		{"encrypted, with video", far("m=video 6000 RTP/AVP 31\nm=audio 6000 RTP/SAVP 0\n"), 488, 302},
		{"IPv6", far("m=audio 6000 RTP/AVP 0\nc=IN IP6 2001:db8::7\n"), 488, 301},
		{"host name", far("m=audio 6000 RTP/AVP 0\nc=IN IP4 pbx.home\n"), 488, 301},
		{"multicast", far("m=audio 6000 RTP/AVP 0\nc=IN IP4 224.2.1.1/127\n"), 488, 301},
		{"empty", nil, 400, 0},
		{"not SDP", []byte("hello"), 400, 0},
		{"version 1", text("v=1\no=- 1 1 IN IP4 198.51.100.7\n"), 400, 0},
		{"no origin", text("v=0\ns=-\nc=IN IP4 198.51.100.7\nm=audio 6000 RTP/AVP 0\n"), 400, 0},
		{"no address", text("v=0\no=- 1 1 IN IP4 198.51.100.7\ns=-\nm=audio 6000 RTP/AVP 0\n"), 400, 0},
		{"bad address", far("m=audio 6000 RTP/AVP 0\nc=IN IP4 [198.51.100.7]\n"), 400, 0},
		{"wrong family", far("m=audio 6000 RTP/AVP 0\nc=IN IP6 198.51.100.7\n"), 400, 0},
		{"bad port", far("m=audio 66000 RTP/AVP 0\n"), 400, 0},
		{"negative port", far("m=audio -1 RTP/AVP 0\n"), 400, 0},
		{"short m=", far("m=audio 6000 RTP/AVP\n"), 400, 0},
		{"line of unknown type", far("m=audio 6000 RTP/AVP 0\nq=1\n"), 400, 0},
		{"no x=", far("m=audio 6000 RTP/AVP 0\nsendrecv\n"), 400, 0},
		{"NUL", far("m=audio 6000 RTP/AVP 0\na=x:\x00\n"), 400, 0},
		{"too large", far("m=audio 6000 RTP/AVP 0\na=x:" + strings.Repeat("y", MaxSize) + "\n"), 400, 0},
		{"too many lines", far("m=audio 6000 RTP/AVP 0\n" + strings.Repeat("a=x\n", maxLines)), 400, 0},
		{"too many streams", far(strings.Repeat("m=audio 6000 RTP/AVP 0\n", maxMedia+1)), 400, 0},
		{"too many formats", far("m=audio 6000 RTP/AVP" + strings.Repeat(" 0", maxTypes+1) + "\n"), 400, 0},
	} {
		side := NewSide(1)
		next, b, _, err := side.Answer(c.offer, terms())
		var e *Error
		if !errors.As(err, &e) || e.Status != c.status || e.Warning != c.warning || e.Words == "" || b != nil {
			t.Errorf("%s: %v (%+v), body %q", c.name, err, e, b)
		}
		if next.now.version != side.now.version || next.shape != nil {
			t.Errorf("%s: a refused offer changed the side", c.name)
		}
	}
}
