package jitter

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A script drives a buffer of 20 ms packets at 8 kHz by hand.
type script struct {
	t   *testing.T
	b   *Buffer
	now time.Duration
}

func newScript(t *testing.T) *script {
	return &script{t: t, b: New(Config{Clock: 8000, Step: 20 * ms})}
}

// packet n of the stream; its payload says so.
func packet(n int) Packet {
	return Packet{Sequence: uint16(n), Timestamp: uint32(n) * 160, SSRC: 7, Payload: []byte(fmt.Sprintf("%5d", n))}
}

func (s *script) put(n int, want Arrival) {
	s.t.Helper()
	s.take(packet(n), want)
}

func (s *script) take(p Packet, want Arrival) {
	s.t.Helper()
	if got := s.b.Put(p, s.now); got != want {
		s.t.Errorf("at %v packet %d is %v, want %v", s.now, p.Sequence, got, want)
	}
}

// hear plays for 20 ms and says what: "17", "lost", "lost<18" (recoverable from 18),
// "dry" or "-".
func (s *script) hear() string {
	s.t.Helper()
	var heard []string
	for gone := time.Duration(0); gone < 20*ms; {
		f := s.b.Take(s.now, gone)
		gone += f.Span
		switch f.Verdict {
		case Play:
			heard = append(heard, strings.TrimSpace(string(f.Packet.Payload)))
		case Lost:
			if f.Next {
				heard = append(heard, "lost<"+strings.TrimSpace(string(f.Packet.Payload)))
			} else {
				heard = append(heard, "lost")
			}
		case Dry:
			heard = append(heard, "dry")
		}
	}
	s.now += 20 * ms
	if len(heard) == 0 {
		return "-"
	}
	return strings.Join(heard, " ")
}

// stream puts packets from..to-1 in time and plays; it returns what was heard.
func (s *script) stream(from, to int) string {
	var all []string
	for n := from; n < to; n++ {
		s.put(n, Accepted)
		all = append(all, s.hear())
	}
	return strings.Join(all, " ")
}

func (s *script) want(got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("at %v heard %q, want %q", s.now, got, want)
	}
}

func TestPlaysInOrder(t *testing.T) {
	s := newScript(t)
	s.want(s.hear(), "-")
	s.want(s.stream(0, 6), "- - 0 1 2 3")
	s.put(7, Accepted)
	s.want(s.hear(), "4")
	s.put(6, Accepted) // overtaken
	s.want(s.hear(), "5")
	s.put(7, Duplicate)
	s.want(s.hear(), "6")
	s.put(8, Accepted)
	s.want(s.hear(), "7")
	s.put(7, Duplicate) // played already
	if st := s.b.Stats(); st.Lost+st.Late+st.Dry != 0 || st.Duplicates != 2 || st.Played != 8 {
		t.Errorf("%+v", st)
	}
}

func TestALostPacketIsConcealedOnceAndRecoverable(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	s.now += 0
	s.put(11, Accepted)
	s.want(s.hear(), "8")
	s.put(12, Accepted)
	s.want(s.hear(), "9")
	s.put(13, Accepted)
	s.want(s.hear(), "lost<11")
	s.put(10, Late)
	s.put(14, Accepted)
	s.want(s.hear(), "11")
	if st := s.b.Stats(); st.Lost != 1 || st.Late != 1 {
		t.Errorf("%+v", st)
	}
}

func TestThreeLostInARow(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	var heard []string
	for n := 10; n < 18; n++ {
		if n < 11 || n > 13 {
			s.put(n, Accepted)
		}
		heard = append(heard, s.hear())
	}
	// After 10 nothing is here for a turn, then 14 shows what was lost: one concealment
	// for each of the three.
	s.want(strings.Join(heard, " "), "8 9 10 dry lost lost<14 14 15")
	if st := s.b.Stats(); st.Lost != 3 || st.Dry != 1 {
		t.Errorf("%+v", st)
	}
}

func TestAPacketThatComesWhileDryIsPlayed(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	s.want(s.hear(), "8")
	s.want(s.hear(), "9")
	s.want(s.hear(), "dry")
	s.put(10, Accepted)
	s.put(11, Accepted)
	s.put(12, Accepted)
	s.want(s.hear(), "10")
	s.want(s.hear(), "11")
	if st := s.b.Stats(); st.Lost != 0 || st.Dry != 1 || st.Delay < 40*ms {
		t.Errorf("%+v", st)
	}
}

// The sequence number wraps with a loss on the wrap, and the timestamp wraps too.
func TestWraps(t *testing.T) {
	s := newScript(t)
	var heard []string
	for n := 65530; n < 65545; n++ {
		p := packet(n)
		p.Sequence = uint16(n)
		p.Timestamp = uint32(n-65538) * 160 // wraps at 65538
		if n != 65536 {
			s.take(p, Accepted)
		}
		heard = append(heard, s.hear())
	}
	s.want(strings.Join(heard, " "), "- - 65530 65531 65532 65533 65534 65535 lost<65537 65537 65538 65539 65540 65541 65542")
	r, ok := s.b.Reception()
	if !ok || r.HighestSequence != 65544 || r.Expected != 15 || r.Received != 14 || r.CumulativeLost != 1 {
		t.Errorf("%+v", r)
	}
}

// What nobody takes is bounded, and what is played afterwards is recent.
func TestNobodyListens(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	for n := 10; n < 1000; n++ {
		s.put(n, Accepted)
		s.now += 20 * ms
		if held := s.b.Stats().Held; held > 64 {
			t.Fatalf("%d packets held", held)
		}
	}
	f := s.b.Take(s.now, 0)
	if f.Verdict != Play || !f.Jump {
		t.Fatalf("%+v", f)
	}
	var n int
	fmt.Sscan(string(f.Packet.Payload), &n)
	if n < 996 {
		t.Errorf("plays packet %d of 999", n)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	s := newScript(t)
	p := packet(0)
	p.Payload = make([]byte, 1501)
	s.take(p, TooLong)
	if _, ok := s.b.Reception(); ok {
		t.Error("a reception without a packet")
	}
	if f := s.b.Take(0, 0); f.Verdict != Wait || f.Span <= 0 {
		t.Errorf("%+v", f)
	}
	defer func() {
		if recover() == nil {
			t.Error("a buffer without a clock")
		}
	}()
	New(Config{})
}

// The jitter of RFC 3550 §A.8, against the sum done by hand: transits of 0, 16, 0, 16 ms…
func TestJitterFigure(t *testing.T) {
	s := newScript(t)
	want := 0.0
	for n := range 200 {
		s.now = time.Duration(n)*20*ms + time.Duration(n%2)*16*ms
		s.put(n, Accepted)
		s.b.Take(s.now, 0)
		if n > 0 {
			want += (16*8 - want) / 16
		}
	}
	r, _ := s.b.Reception()
	if d := float64(r.Jitter) - want; d > 1 || d < -1 {
		t.Errorf("jitter %d, want %.0f", r.Jitter, want)
	}
}
