package sdp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/media/agreement"
)

// What common phones offer, and what we make of it.
func TestAnswerToWhatIsMet(t *testing.T) {
	at := func(port uint16) netip.AddrPort {
		return netip.AddrPortFrom(netip.MustParseAddr("198.51.100.7"), port)
	}
	base := agreement.Agreed{RTP: at(6000), RTCP: at(6001), PacketTime: 20 * time.Millisecond}
	with := func(change func(*agreement.Agreed)) agreement.Agreed { a := base; change(&a); return a }
	for _, c := range []struct {
		name, media string
		codecs      []string
		want        agreement.Agreed
	}{
		{"static without rtpmap", "m=audio 6000 RTP/AVP 0 8\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.PCMA, 8, 8
		})},
		{"our order wins", "m=audio 6000 RTP/AVP 8 0\n", []string{"pcmu", "pcma"}, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
		{"dynamic numbers for G.711", "m=audio 6000 RTP/AVP 100\na=rtpmap:100 pcmu/8000/1\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.PCMU, 100, 100
		})},
		{"opus without its channels, events of 8000 only", "m=audio 6000 RTP/AVP 107 101\na=rtpmap:107 OPUS/48000\na=rtpmap:101 telephone-event/8000\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.Opus, 107, 107
			a.EventType, a.EventRecv, a.EventClock = 101, 101, 8000
		})},
		{"events of another clock do not go with G.711", "m=audio 6000 RTP/AVP 0 97\na=rtpmap:97 telephone-event/48000\n", nil, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
		{"G.722, of which the clock is 8000", "m=audio 6000 RTP/AVP 9 101\na=rtpmap:101 telephone-event/8000\n", []string{"g722", "pcma"}, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.G722, 9, 9
			a.EventType, a.EventRecv, a.EventClock = 101, 101, 8000
		})},
		{"G.722 at 16000 is none", "m=audio 6000 RTP/AVP 100 8\na=rtpmap:100 G722/16000\n", []string{"g722", "pcma"}, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.PCMA, 8, 8
		})},
		{"L16 in packets that fit", "m=audio 6000 RTP/AVP 11 97 0\na=rtpmap:97 L16/48000\n", []string{"l16/16000", "l16/48000", "pcmu"}, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType, a.PacketTime = agreement.L16Full, 97, 97, 10*time.Millisecond
		})},
		{"the longest packet alone", "m=audio 6000 RTP/AVP 0\na=maxptime:10\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PacketTime = agreement.PCMU, 10*time.Millisecond
		})},
		{"the longest packet alone, and it is long", "m=audio 6000 RTP/AVP 0\na=maxptime:150\n", nil, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
		{"packet time", "m=audio 6000 RTP/AVP 0\na=ptime:30\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PacketTime = agreement.PCMU, 30*time.Millisecond
		})},
		{"longest packet", "m=audio 6000 RTP/AVP 0\na=ptime:40\na=maxptime:25\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PacketTime = agreement.PCMU, 20*time.Millisecond
		})},
		{"opus has no 30 ms", "m=audio 6000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=ptime:30\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.Opus, 96, 96
		})},
		{"silly packet times", "m=audio 6000 RTP/AVP 0\na=ptime:0\na=ptime:-20\na=ptime:x\na=ptime:999\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PacketTime = agreement.PCMU, 60*time.Millisecond
		})},
		{"packets of a fraction", "m=audio 6000 RTP/AVP 0\na=ptime:2.5\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PacketTime = agreement.PCMU, 10*time.Millisecond
		})},
		{"bit rate out of range", "m=audio 6000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=fmtp:96 maxaveragebitrate=1;useinbandfec=0\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType, a.MaxBitrate = agreement.Opus, 96, 96, 6000
		})},
		{"what a receiver of Opus can do", "m=audio 6000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=fmtp:96 maxplaybackrate=16000; usedtx=1; stereo=1; minptime=40\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType, a.MaxRate, a.PacketTime = agreement.Opus, 96, 96, 16000, 40*time.Millisecond
		})},
		{"which says it in numbers that are none", "m=audio 6000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=fmtp:96 maxplaybackrate=1; minptime=x;maxaveragebitrate=\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType, a.MaxRate = agreement.Opus, 96, 96, 8000
		})},
		{"comfort noise is taken, and not sent unasked", "m=audio 6000 RTP/AVP 8 13\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType, a.NoiseRecv = agreement.PCMA, 8, 8, 13
		})},
		{"comfort noise does not go with Opus", "m=audio 6000 RTP/AVP 96 13\na=rtpmap:96 opus/48000/2\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.PayloadType, a.RecvType = agreement.Opus, 96, 96
		})},
		{"RTCP elsewhere (RFC 3605)", "m=audio 6000 RTP/AVP 0\na=rtcp:7001\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.RTCP = agreement.PCMU, at(7001)
		})},
		{"RTCP at another address", "m=audio 6000 RTP/AVP 0\na=rtcp:7001 IN IP4 198.51.100.8\n", nil, with(func(a *agreement.Agreed) {
			a.Codec, a.RTCP = agreement.PCMU, netip.MustParseAddrPort("198.51.100.8:7001")
		})},
		{"RTCP that cannot be", "m=audio 6000 RTP/AVP 0\na=rtcp:0\na=rtcp:x\na=rtcp:1 IN\na=rtcp:2 IN IP4 far\n", nil, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
		{"a fraction of the line ends lost", "m=audio 6000 RTP/AVP 0\na=sendrecv", nil, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
		{"new bandwidth types and attributes", "b=XX:64\nm=audio 6000/2 RTP/AVP 0\nb=YY:1\na=\na=:\na=rtpmap\na=fmtp:0\na=rtpmap:300 x/1\na=extmap:1 urn:x\n", nil, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
		{"formats that are no numbers", "m=audio 6000 RTP/AVP * 0 128 x\n", nil, with(func(a *agreement.Agreed) {
			a.Codec = agreement.PCMU
		})},
	} {
		x := terms()
		x.Local.Codecs = agreement.Codecs()
		if c.codecs != nil {
			x.Codecs = c.codecs
		}
		_, b, got, err := NewSide(1).Answer(far(c.media), x)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(c.want, got, byText); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
		readable(t, b)
	}
}

// Whole descriptions as programs in use write them.
func TestAnswerToPeers(t *testing.T) {
	for _, c := range []struct {
		name, offer string
		codec       agreement.Codec
		event       uint8
		answer      string // of the m= line
	}{
		{"baresip 1.0, G.711", `
v=0
o=- 43801920 316495740 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
a=tool:baresip 1.0.0
m=audio 21198 RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=label:1
a=rtcp-rsize
a=ssrc:3589467430 cname:sip:201@offhook
a=minptime:20
a=ptime:20
`, agreement.PCMA, 101, "m=audio 4000 RTP/AVP 8 101"},
		{"a soft phone with video, bundling, feedback and keys", `
v=0
o=anna 2890844526 2890844526 IN IP4 198.51.100.7
s=Talk
c=IN IP4 198.51.100.7
b=AS:380
t=0 0
a=group:BUNDLE as vs
a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
a=record:off
m=audio 7078 RTP/AVP 96 97 98 0 8 18 101 99 100
a=mid:as
a=rtcp-mux
a=rtpmap:96 opus/48000/2
a=fmtp:96 useinbandfec=1
a=rtpmap:97 speex/16000
a=fmtp:97 vbr=on
a=rtpmap:98 speex/8000
a=rtpmap:18 G729/8000
a=fmtp:18 annexb=yes
a=rtpmap:101 telephone-event/48000
a=rtpmap:99 telephone-event/16000
a=rtpmap:100 telephone-event/8000
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj
a=rtcp-fb:* trr-int 1000
a=candidate:1 1 UDP 2130706303 198.51.100.7 7078 typ host
m=video 9078 RTP/AVPF 102
a=rtpmap:102 VP8/90000
`, agreement.Opus, 101, "m=audio 4000 RTP/AVP 96 101"},
		{"a load generator", `
v=0
o=user1 53655765 2353687637 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 6000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
`, agreement.PCMU, 0, "m=audio 4000 RTP/AVP 0"},
		{"a gateway of old: no direction, no rtpmap, time to live, bare LF", "v=0\no=CiscoGateway 1 1 IN IP4 10.0.0.1\ns=SIP Call\nc=IN IP4 10.0.0.1/127\nt=0 0\nm=audio 16384 RTP/AVP 8 0 101 19\na=fmtp:101 0-16\na=rtpmap:101 telephone-event/8000\na=rtpmap:19 CN/8000\na=X-sqn:0",
			agreement.PCMA, 101, "m=audio 4000 RTP/AVP 8 19 101"},
	} {
		offer := []byte(c.offer)
		if c.offer[0] == '\n' {
			offer = text(c.offer)
		}
		_, b, a, err := NewSide(1).Answer(offer, terms())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if a.Codec != c.codec || a.EventType != c.event || !a.RTP.IsValid() || !strings.Contains(string(b), c.answer+"\r\n") {
			t.Errorf("%s: %+v\n%s", c.name, a, b)
		}
		readable(t, b)
	}
}

func TestAnswerOverIPv6(t *testing.T) {
	x := terms()
	x.Local = local("[2001:db8::1]:4000")
	_, _, a, err := NewSide(1).Answer(text("v=0\no=- 1 1 IN IP6 ::1\ns=-\nc=IN IP6 2001:db8::7\nt=0 0\nm=audio 6000 RTP/AVP 0\n"), x)
	if err != nil || a.RTP != netip.MustParseAddrPort("[2001:db8::7]:6000") {
		t.Errorf("%v %v", a.RTP, err)
	}
	if _, _, a, err = NewSide(1).Answer(text("v=0\no=- 1 1 IN IP6 ::1\ns=-\nc=IN IP6 ::ffff:198.51.100.7\nt=0 0\nm=audio 6000 RTP/AVP 0\n"), terms()); err != nil || a.RTP != netip.MustParseAddrPort("198.51.100.7:6000") {
		t.Errorf("mapped: %v %v", a.RTP, err)
	}
	if _, _, a, err = NewSide(1).Answer(text("v=0\no=- 1 1 IN IP6 ::1\ns=-\nc=IN IP6 ::\nt=0 0\nm=audio 6000 RTP/AVP 0\n"), x); err != nil || a.RTP.IsValid() || a.Direction != agreement.RecvOnly {
		t.Errorf("hold: %v %v %v", a.RTP, a.Direction, err)
	}
}

func TestComplete(t *testing.T) {
	_, offer := NewSide(1).Offer(terms())
	for _, c := range []struct {
		name, media string
		codec       agreement.Codec
		out, in     uint8
		event, back uint8
		status      int
	}{
		{"first of the answer", "m=audio 6000 RTP/AVP 0 96\na=rtpmap:96 opus/48000/2\n", agreement.PCMU, 0, 0, 0, 0, 0},
		{"other numbers", "m=audio 6000 RTP/AVP 111 112\na=rtpmap:111 opus/48000/2\na=rtpmap:112 telephone-event/48000\n", agreement.Opus, 111, 96, 112, 97, 0},
		{"dynamic number without rtpmap", "m=audio 6000 RTP/AVP 96 97\n", agreement.Opus, 96, 96, 0, 0, 0},
		{"events first", "m=audio 6000 RTP/AVP 101 8\na=rtpmap:101 telephone-event/8000\n", agreement.PCMA, 8, 8, 101, 101, 0},
		{"opus with events of 8000", "m=audio 6000 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n", agreement.Opus, 96, 96, 101, 101, 0},
		{"a codec never offered", "m=audio 6000 RTP/AVP 18\n", agreement.Codec{}, 0, 0, 0, 0, 488},
		{"refused", "m=audio 0 RTP/AVP 0\n", agreement.Codec{}, 0, 0, 0, 0, 488},
		{"with feedback", "m=audio 6000 RTP/AVPF 0\na=rtcp-fb:* nack\n", agreement.PCMU, 0, 0, 0, 0, 0},
		{"another transport", "m=audio 6000 RTP/SAVP 0\n", agreement.Codec{}, 0, 0, 0, 0, 488},
		{"an unknown transport", "m=audio 6000 TCP/RTP/AVP 0\n", agreement.Codec{}, 0, 0, 0, 0, 488},
		{"no stream", "", agreement.Codec{}, 0, 0, 0, 0, 400},
	} {
		a, err := Complete(offer, far(c.media))
		if c.status != 0 {
			if e, ok := err.(*Error); !ok || e.Status != c.status {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || a.Codec != c.codec || a.PayloadType != c.out || a.RecvType != c.in || a.EventType != c.event || a.EventRecv != c.back {
			t.Errorf("%s: %+v %v", c.name, a, err)
		}
	}
	if _, err := Complete([]byte("x"), offer); err == nil {
		t.Error("an offer that is none")
	}
}

// Two sides of ours always understand each other, and agree on mirrored terms.
func TestBothSides(t *testing.T) {
	for _, order := range [][2][]string{{{"opus", "pcmu"}, {"pcmu", "opus"}}, {{"pcma"}, {"opus", "pcma"}}} {
		for _, dirs := range [][2]agreement.Direction{{0, 0}, {agreement.SendOnly, 0}, {agreement.SendOnly, agreement.SendOnly}} {
			a, b := terms(), terms()
			b.Local = local("192.0.2.2:5000")
			a.Codecs, b.Codecs, a.Direction, b.Direction = order[0], order[1], dirs[0], dirs[1]
			_, offer := NewSide(1).Offer(a)
			_, answer, atB, err := NewSide(2).Answer(offer, b)
			if err != nil {
				t.Fatal(err)
			}
			atA, err := Complete(offer, answer)
			if err != nil {
				t.Fatal(err)
			}
			if atA.Direction != atB.Direction.Reverse() || atA.Codec != atB.Codec || atA.EventType != atB.EventRecv ||
				atA.RTP != b.Local.RTP || atB.RTP != a.Local.RTP || atA.FEC != (atA.Codec == agreement.Opus) {
				t.Errorf("%v %v:\nA %+v\nB %+v", order, dirs, atA, atB)
			}
		}
	}
}

func FuzzAnswer(f *testing.F) {
	_, offer := NewSide(1).Offer(terms())
	f.Add(offer, offer)
	f.Add(far("m=image 0 udptl t38\nm=audio 6000/2 RTP/AVP 0 96\na=rtpmap:96 opus/48000/2\na=rtcp:1 IN IP4 1.2.3.4\n"), far("m=audio 0 RTP/AVP 0\n"))
	f.Add(far("m=audio 6000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30+"|2^31|1:4\na=rtcp-mux\na=mid:a\n"),
		far("a=fingerprint:sha-256 "+print32+"\na=setup:actpass\nm=audio 9 UDP/TLS/RTP/SAVPF 0\na=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:1 1 UDP 2130706431 198.51.100.7 6000 typ host\n"))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		s, terms := NewSide(1), func() Terms {
			x := secret()
			x.Local.ICE = agreement.ICE{Ufrag: "abcd", Pwd: "0123456789012345678901", Candidates: "1 1 udp 1 192.0.2.1 4000 typ host\n"}
			return x
		}
		for _, b := range [][]byte{one, two} {
			next, answer, a, err := s.Answer(b, terms())
			if err != nil {
				if _, ok := err.(*Error); !ok {
					t.Fatalf("%T", err)
				}
				continue
			}
			s = next
			if len(answer) > 2*MaxSize || strings.Contains(strings.ReplaceAll(string(answer), "\r\n", ""), "\n") {
				t.Fatalf("%q", answer)
			}
			d, bad := parse(answer)
			in, _ := parse(b)
			if bad != nil || len(d.streams) != len(in.streams) {
				t.Fatalf("our answer has %d streams for %d, %v:\n%s", len(d.streams), len(in.streams), bad, answer)
			}
			if a.RTP.IsValid() && (a.RTP.Port() == 0 || a.RTP.Addr().IsUnspecified() || a.PacketTime < 10*time.Millisecond || a.PacketTime > 60*time.Millisecond) {
				t.Fatalf("%+v", a)
			}
			_, back := s.Offer(terms())
			if _, bad := parse(back); bad != nil {
				t.Fatalf("our next offer: %v\n%s", bad, back)
			}
		}
		Complete(offer, one)
		Complete(one, two)
	})
}
