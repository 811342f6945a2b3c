package sdp

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/offhook/offhook/media/agreement"
)

func TestEncodings(t *testing.T) {
	for in, want := range map[string]agreement.Codec{
		"PCMU/8000":              agreement.PCMU,
		"pcma/8000/1":            agreement.PCMA,
		" opus/48000/2 ":         agreement.Opus,
		"OPUS/48000":             agreement.Opus,
		"opus/48000/1":           {Name: "OPUS", Clock: 48000, Chans: 1}, // not ours: RFC 7587 §7
		"telephone-event/8000":   events(8000),
		"G722/8000":              {Name: "G722", Clock: 8000, Chans: 1},
		"PCMU":                   {},
		"PCMU/x":                 {},
		"PCMU/8000/x":            {},
		"PCMU/8000/1/2":          {},
		"":                       {},
		"PCMU/99999999999999999": {},
	} {
		if got := encodingOf(in); got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestParameters(t *testing.T) {
	f := format{fmtp: "minptime=10; UseInbandFEC = 1;maxaveragebitrate=30000;flag"}
	for name, want := range map[string]string{"minptime": "10", "useinbandfec": "1", "maxaveragebitrate": "30000", "flag": "", "stereo": ""} {
		if got := f.parameter(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for s, want := range map[string]bool{"audio": true, "x-1": true, "t38": true, "*": true, "": false, "a b": false, "a\r\nb": false,
		"a:b": false, "a/b": false, "ü": false, "\x7f": false} {
		if token(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestStreams(t *testing.T) {
	d, bad := parse(far(`a=sendonly
a=ptime:30
m=audio 6000/2 RTP/AVP 0 0 8 300 x
a=rtcp:6010
m=video 0 RTP/AVP 31
c=IN IP4 198.51.100.9
a=inactive
a=sendrecv
m=audio 65535 RTP/AVP 8
c=IN IP4 pbx.home
`))
	if bad != nil {
		t.Fatal(bad)
	}
	var got []string
	for _, s := range d.streams {
		var types []uint8
		for _, f := range s.formats {
			types = append(types, f.typ)
		}
		got = append(got, fmt.Sprint(s.kind, " ", s.port, " ", s.proto, " ", s.addr, " ", s.rtcp, " ", s.dir, " ", types, " ", s.ptime, " named ", s.named))
	}
	want := []string{
		"audio 6000 RTP/AVP 198.51.100.7 198.51.100.7:6010 sendonly [0 8] 30 named false",
		"video 0 RTP/AVP 198.51.100.9 198.51.100.9:0 inactive [31] 30 named false",
		"audio 65535 RTP/AVP invalid IP invalid AddrPort sendonly [8] 30 named true",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestErrorWords(t *testing.T) {
	_, bad := parse([]byte("v=1\r\n"))
	if bad.Error() != "sdp: the session description is not version 0" {
		t.Error(bad)
	}
}

// However often two sides re-negotiate, whoever offers: they agree, versions never go
// back, and a number once given to a codec means that codec for ever.
func TestDialogsOfTwoSides(t *testing.T) {
	names := []string{"opus", "pcma", "pcmu"}
	rapid.Check(t, func(t *rapid.T) {
		sides := [2]Side{NewSide(1), NewSide(2)}
		addrs := [2]string{"192.0.2.1:4000", "192.0.2.2:5000"}
		meaning := map[string]string{}
		for turn := range rapid.IntRange(1, 8).Draw(t, "turns") {
			var x [2]Terms
			for i := range x {
				x[i] = Terms{Local: local(addrs[i]), Direction: rapid.SampledFrom([]agreement.Direction{agreement.SendRecv, agreement.SendOnly}).Draw(t, "direction")}
				x[i].Codecs = append(rapid.Permutation(names).Draw(t, "codecs")[:rapid.IntRange(1, 3).Draw(t, "n")], "pcmu")
			}
			a := rapid.IntRange(0, 1).Draw(t, "offerer")
			b := 1 - a
			before := [2]uint64{sides[0].now.version, sides[1].now.version}
			var offer, answer []byte
			sides[a], offer = sides[a].Offer(x[a])
			next, answer, atB, err := sides[b].Answer(offer, x[b])
			if err != nil {
				t.Fatalf("turn %d: %v\n%s", turn, err, offer)
			}
			sides[b] = next
			atA, err := Complete(offer, answer)
			if err != nil {
				t.Fatalf("turn %d: %v\n%s\n%s", turn, err, offer, answer)
			}
			if atA.Codec != atB.Codec || atA.PayloadType != atB.RecvType || atB.PayloadType != atA.RecvType ||
				atA.Direction != atB.Direction.Reverse() || atA.EventType != atB.EventRecv ||
				atA.RTP != netip.MustParseAddrPort(addrs[b]) || atB.RTP != netip.MustParseAddrPort(addrs[a]) {
				t.Fatalf("turn %d:\nA %+v\nB %+v", turn, atA, atB)
			}
			for i := range sides {
				if sides[i].now.version < before[i] || sides[i].now.version > before[i]+1 {
					t.Fatalf("version %d after %d", sides[i].now.version, before[i])
				}
			}
			for _, body := range [][]byte{offer, answer} {
				for _, line := range strings.Split(string(body), "\r\n") {
					number, encoding, ok := strings.Cut(strings.TrimPrefix(line, "a=rtpmap:"), " ")
					if !ok || !strings.HasPrefix(line, "a=rtpmap:") {
						continue
					}
					if old, known := meaning[number]; known && old != encoding {
						t.Fatalf("number %s was %s and is %s", number, old, encoding)
					}
					meaning[number] = encoding
				}
			}
		}
	})
}
