package media

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/echo"
	"github.com/offhook/offhook/media/rtp"
)

// A speaker is a far end that says 4 s of speech over and over, or nothing, encoded beforehand. A leg that
// is sent its own packets will not do in a conference: two of them feed each other for ever.
type speaker struct {
	*peer
	clock   int
	packets [][]byte
	sent    int
}

func newSpeaker(t testing.TB, to agreement.Local, c agreement.Codec, seed int, mute bool) *speaker {
	t.Helper()
	s := &speaker{peer: newPeer(t, to.RTP), clock: c.Clock}
	enc, err := codec.NewEncoder(c, codec.Options{PacketTime: packetTime})
	if err != nil {
		t.Fatal(err)
	}
	said, n := speech(seed), 0
	pcm := make([]int16, enc.Samples())
	for range 200 {
		for i := range pcm {
			for range 48000 / enc.Rate() {
				pcm[i] = said(n)
				n++
			}
			if mute {
				pcm[i] = 0
			}
		}
		packet := make([]byte, rtp.HeaderLen+codec.MaxPayload)
		size, err := enc.Encode(pcm, packet[rtp.HeaderLen:])
		if err != nil {
			t.Fatal(err)
		}
		packet[0], packet[1] = 0x80, towards(to, c).PayloadType
		binary.BigEndian.PutUint32(packet[8:], uint32(seed))
		s.packets = append(s.packets, packet[:rtp.HeaderLen+size])
	}
	return s
}

// say sends the next packet.
func (s *speaker) say() {
	packet := s.packets[s.sent%len(s.packets)]
	binary.BigEndian.PutUint16(packet[2:], uint16(s.sent))
	binary.BigEndian.PutUint32(packet[4:], uint32(s.sent*s.clock/50))
	s.raw(packet)
	s.sent++
}

// newTalk is an engine in a call with a speaker for each codec, a conference where there are
// two, and a step of it; mute: the far ends say nothing.
func newTalk(t testing.TB, codecs []agreement.Codec, clean echo.Config, mute bool) (l *loop, step func()) {
	t.Helper()
	l = newCleanLoop(t, codecs[0], 48000, clean)
	l.Release(l.leg)
	far := make([]*speaker, len(codecs))
	for i, c := range codecs {
		leg, local := reserve(t, l.Engine)
		far[i] = newSpeaker(t, local, c, i+2, mute)
		if err := l.Apply(leg, "far", towards(agreement.Local{RTP: far[i].addr()}, c)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			l.Do(Listen{leg})
		} else {
			l.Do(Join{leg})
		}
	}
	step = func() {
		for _, s := range far {
			s.say()
		}
		l.frame()
	}
	for range 150 {
		step()
	}
	if l.bridge.open() != (len(codecs) > 1) {
		t.Fatal("a conference, or none, against expectation")
	}
	for _, leg := range l.order {
		leg.reporter.Due(l.now + time.Hour) // a report every 5 s may allocate
		if s := leg.in.buf.Stats(); s.Received < 100 || s.Lost > 0 {
			t.Fatalf("the talk does not run: %+v", s)
		}
	}
	return l, step
}

// In steady state neither a call nor a conference allocates anything.
func TestTalkAllocatesNothing(t *testing.T) {
	for _, c := range costs {
		l, step := newTalk(t, c.codecs, c.clean, c.mute)
		if n := testing.AllocsPerRun(200, step); n != 0 {
			t.Errorf("%s: %v allocations per frame, want 0", c.name, n)
		}
		for i, leg := range l.order {
			if s := leg.in.buf.Stats(); s.Dry > 10 || s.Lost > 0 {
				t.Errorf("%s: leg %d: %+v", c.name, i, s)
			}
		}
	}
}
