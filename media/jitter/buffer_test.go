package jitter

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A script drives a buffer of 20 ms packets at 8 kHz by hand.
type script struct {
	t   *testing.T
	b   *Buffer
	now time.Duration
}

func newScript(t *testing.T) *script {
	return &script{t: t, b: New(Config{Clock: 8000})}
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

func TestTimestampJump(t *testing.T) {
	for _, jump := range []uint32{1 << 20, 1 << 31, -(1 << 20) & 0xFFFFFFFF, 40000} {
		s := newScript(t)
		s.stream(0, 10)
		var heard []string
		for n := 10; n < 20; n++ {
			p := packet(n)
			p.Timestamp += jump
			s.take(p, Accepted)
			heard = append(heard, s.hear())
		}
		s.want(strings.Join(heard, " "), "8 9 10 11 12 13 14 15 16 17")
		if st := s.b.Stats(); st.Target > 40*ms || st.Jitter > 5*ms {
			t.Errorf("jump %d: %+v", jump, st)
		}
	}
}

// A sender whose clock stands still while it holds the call.
func TestHoldWithAStoppedClock(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	for range 1500 { // 30 s
		s.hear()
	}
	lines := s.stream(10, 20)
	if !strings.HasPrefix(lines, "- ") || !strings.Contains(lines, "10 11 12 13 14 15 16") {
		t.Errorf("after the hold: %q", lines)
	}
	if st := s.b.Stats(); st.Lost != 0 || st.Discarded != 0 || st.Delay > 50*ms {
		t.Errorf("%+v", st)
	}
}

// Silence suppression: the timestamp says how long the sender was silent.
func TestPause(t *testing.T) {
	for _, silent := range []int{5, 10, 40, 400} { // packet times
		s := newScript(t)
		s.stream(0, 10)
		for range silent {
			s.hear()
		}
		var heard []string
		for n := 10; n < 20; n++ {
			p := packet(n)
			p.Timestamp += uint32(silent * 160)
			s.take(p, Accepted)
			heard = append(heard, s.hear())
		}
		line := strings.Trim(strings.Join(heard, " "), "- ")
		if !strings.HasPrefix(line, "10 11 12 13 14 15 16") {
			t.Errorf("after %d packet times of silence: %q", silent, heard)
		}
		if st := s.b.Stats(); st.Lost != 0 || st.Delay > 50*ms {
			t.Errorf("after %d packet times of silence: %+v", silent, st)
		}
	}
}

// Telephone events take sequence numbers and no time; they are no loss.
func TestEventsTakeTheirPlace(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	var heard []string
	for n := 10; n < 20; n++ {
		p := packet(n)
		if n < 16 {
			p.Payload, p.Timestamp = nil, 1600
		}
		s.take(p, Accepted)
		heard = append(heard, s.hear())
	}
	// Packet 16 shows that it was a pause, and waits until it is due.
	s.want(strings.Join(heard, " "), "8 9 dry dry dry dry - - 16 17")
	if st := s.b.Stats(); st.Lost != 0 || st.Jitter > ms {
		t.Errorf("%+v", st)
	}
}

func TestPacketTimeChanges(t *testing.T) {
	for _, ticks := range []int{80, 240, 320, 480} {
		s := newScript(t)
		s.stream(0, 10)
		ts, n, played := uint32(1600), 10, 0
		next := s.now
		ahead := time.Duration(0)
		for end := s.now + 2*time.Second; s.now < end; s.now += 10 * ms {
			for ; next <= s.now; next += time.Duration(ticks) * time.Second / 8000 {
				s.take(Packet{Sequence: uint16(n), Timestamp: ts, SSRC: 7, Payload: bytes.Repeat([]byte{1}, ticks)}, Accepted)
				ts += uint32(ticks)
				n++
			}
			for ahead < 10*ms {
				f := s.b.Take(s.now, ahead)
				if f.Verdict == Play {
					played++
					ahead += time.Duration(len(f.Packet.Payload)) * time.Second / 8000
				} else {
					ahead += f.Span
				}
			}
			ahead -= 10 * ms
		}
		st := s.b.Stats()
		if st.Lost+st.Discarded != 0 || st.Dry > 3 || n-10-played > 4 {
			t.Errorf("%d ticks: played %d of %d: %+v", ticks, played, n-10, st)
		}
		if s.b.ticks != int64(ticks) {
			t.Errorf("%d ticks are taken for %d", ticks, s.b.ticks)
		}
	}
}

func TestAnotherSource(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	stray := packet(500)
	stray.SSRC = 8
	s.take(stray, Suspect) // one is no source
	s.want(s.stream(10, 12), "8 9")
	other := func(n int) Packet {
		p := packet(n)
		p.SSRC, p.Timestamp = 9, p.Timestamp+99999
		return p
	}
	s.take(other(100), Suspect)
	s.want(s.hear(), "10")
	s.take(other(101), Restarted)
	if f := s.b.Take(s.now+40*ms, 0); f.Verdict != Play || string(f.Packet.Payload) != "  100" || !f.Jump {
		t.Errorf("%+v", f)
	}
	if r, _ := s.b.Reception(); r.SSRC != 9 || r.Expected != 2 || r.Received != 2 {
		t.Errorf("%+v", r)
	}
	if st := s.b.Stats(); st.Restarts != 1 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

// The same source begins anew far from where it was (RFC 3550 §A.1).
func TestSequenceRestart(t *testing.T) {
	s := newScript(t)
	s.stream(20000, 20010)
	s.put(100, Suspect)
	s.put(101, Restarted)
	s.put(102, Accepted)
	if st := s.b.Stats(); st.Restarts != 1 {
		t.Errorf("%+v", st)
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
	if f := s.b.Get(0); f.Verdict != Wait || f.Span <= 0 {
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
		s.b.Get(s.now)
		if n > 0 {
			want += (16*8 - want) / 16
		}
	}
	r, _ := s.b.Reception()
	if d := float64(r.Jitter) - want; d > 1 || d < -1 {
		t.Errorf("jitter %d, want %.0f", r.Jitter, want)
	}
}

// Whatever the network does: no packet is played twice or out of order, every one that
// should have come is played, lost or discarded, and the buffer stays bounded.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := New(Config{Clock: 8000, Packets: rapid.SampledFrom([]int{4, 16, 64}).Draw(t, "packets")})
		first := rapid.IntRange(0, 65535).Draw(t, "first")
		type flight struct {
			n  int
			at time.Duration
		}
		var sky []flight
		spread := rapid.IntRange(1, 400).Draw(t, "spread")
		for n := range rapid.IntRange(1, 120).Draw(t, "count") {
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 1, 1, 2}).Draw(t, "copies") {
				d := rapid.IntRange(0, spread).Draw(t, "delay")
				sky = append(sky, flight{n, time.Duration(20*n+d) * ms})
			}
		}
		last, ahead := -1, time.Duration(0)
		for now := time.Duration(0); now < 5*time.Second; now += 10 * ms {
			for _, f := range sky {
				if f.at > now-10*ms && f.at <= now {
					p := packet(f.n)
					p.Sequence = uint16(first + f.n)
					b.Put(p, f.at)
				}
			}
			if rapid.IntRange(0, 30).Draw(t, "sleep") == 0 {
				continue // the listener is late
			}
			for ahead < 10*ms {
				f := b.Take(now, ahead)
				if f.Span <= 0 || f.Span > 120*ms {
					t.Fatalf("span %v", f.Span)
				}
				ahead += f.Span
				if f.Verdict == Play {
					var n int
					fmt.Sscan(string(f.Packet.Payload), &n)
					if n <= last {
						t.Fatalf("packet %d after %d", n, last)
					}
					last = n
					if f.Stretch != Keep {
						d := time.Duration(rapid.IntRange(-10, 10).Draw(t, "stretch")) * ms
						ahead += max(d, -f.Span)
						b.Adjusted(d)
					}
				}
			}
			ahead -= 10 * ms
			if s := b.Stats(); s.Held > len(b.slots) || s.Delay < 0 || s.Target < 10*ms || s.Target > 400*ms {
				t.Fatalf("%+v", s)
			}
		}
		s := b.Stats()
		if s.Held != 0 {
			t.Fatalf("%d packets are never played: %+v", s.Held, s)
		}
		r, ok := b.Reception()
		if ok && s.Restarts == 0 && s.Played+s.Lost+s.Discarded < uint64(r.Expected) {
			t.Fatalf("%d expected: %+v", r.Expected, s)
		}
	})
}

func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 0, 10, 7, 1, 2, 0, 0, 0, 160, 10, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := New(Config{Clock: 48000, Packets: 8, Bytes: 16})
		now := time.Duration(0)
		for ; len(data) >= 8; data = data[8:] {
			p := Packet{
				Sequence:  uint16(data[0])<<8 | uint16(data[1]),
				Timestamp: uint32(data[2])<<24 | uint32(data[3])<<16 | uint32(data[4])<<8 | uint32(data[5]),
				SSRC:      uint32(data[7] & 3), Payload: data[:data[7]>>2&7],
			}
			b.Put(p, now)
			for range data[6] & 3 {
				if f := b.Take(now, 0); f.Span <= 0 {
					t.Fatalf("%+v", f)
				}
			}
			now += time.Duration(data[6]) * ms
		}
		for range 2000 {
			b.Get(now)
			now += 20 * ms
		}
		if s := b.Stats(); s.Held != 0 {
			t.Fatalf("%+v", s)
		}
	})
}

func TestNothingAllocates(t *testing.T) {
	b := New(Config{Clock: 8000})
	p, n := packet(0), 0
	if a := testing.AllocsPerRun(1000, func() {
		p.Sequence, p.Timestamp = uint16(n), uint32(n)*160
		b.Put(p, time.Duration(n)*20*ms)
		b.Take(time.Duration(n)*20*ms, 0)
		b.Stats()
		b.Reception()
		n++
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
