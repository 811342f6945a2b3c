package jitter

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

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

// Comfort noise (RFC 3389): the sender says that it falls silent. Nothing that does not
// come then is lost, and the delay does not grow.
func TestASilentSender(t *testing.T) {
	for _, silent := range []int{3, 50, 500} { // packet times
		s := newScript(t)
		s.stream(0, 10)
		p := packet(10)
		p.Quiet = true
		s.take(p, Accepted)
		s.hear()
		rests := 0
		for range silent {
			for gone := time.Duration(0); gone < 20*ms; {
				f := s.b.Take(s.now, gone)
				gone += f.Span
				switch f.Verdict {
				case Rest:
					rests++
				case Lost, Dry:
					t.Fatalf("after %v of silence: %v", s.now, f.Verdict)
				}
			}
			s.now += 20 * ms
		}
		if rests == 0 {
			t.Error("no rest")
		}
		var heard []string
		for n := 11; n < 20; n++ {
			p := packet(n)
			p.Timestamp += uint32(silent * 160)
			s.take(p, Accepted)
			heard = append(heard, s.hear())
		}
		if line := strings.Trim(strings.Join(heard, " "), "- "); !strings.HasPrefix(line, "11 12 13 14 15 16") {
			t.Errorf("after %d packet times: %q", silent, heard)
		}
		if st := s.b.Stats(); st.Lost+st.Dry+st.Discarded != 0 || st.Delay > 50*ms {
			t.Errorf("after %d packet times: %+v", silent, st)
		}
	}
}

// Another payload type in the midst of a stream is played with its packet, not before.
func TestPayloadTypeChanges(t *testing.T) {
	s := newScript(t)
	var types []uint8
	for n := range 20 {
		p := packet(n)
		if n >= 10 {
			p.Type = 96
		}
		s.take(p, Accepted)
		for gone := time.Duration(0); gone < 20*ms; {
			f := s.b.Take(s.now, gone)
			if gone += f.Span; f.Verdict == Play {
				if want := int(f.Packet.Sequence) >= 10; want != (f.Packet.Type == 96) {
					t.Errorf("packet %d has type %d", f.Packet.Sequence, f.Packet.Type)
				}
				types = append(types, f.Packet.Type)
			}
		}
		s.now += 20 * ms
	}
	if len(types) < 15 || types[0] != 0 || types[len(types)-1] != 96 {
		t.Errorf("types %v", types)
	}
}
