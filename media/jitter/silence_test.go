package jitter

import (
	"strings"
	"testing"
)

// What does not come after a packet that lets a pause follow is a pause: nothing is
// concealed, however long it lasts, and speech after it is played in its time.
func TestAPauseIsNoLoss(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	p := packet(10)
	p.Quiet = true
	s.take(p, Accepted)
	s.want(s.hear(), "8")
	s.want(s.hear(), "9")
	s.want(s.hear(), "10")
	for range 50 {
		s.want(s.hear(), "-")
	}
	for n := 11; n < 20; n++ { // the pause shows in the timestamps alone
		p := packet(n)
		p.Timestamp += 53 * 160
		s.take(p, Accepted)
		s.hear()
	}
	if st := s.b.Stats(); st.Dry != 0 || st.Lost != 0 || st.Late != 0 || st.Played < 16 {
		t.Errorf("%+v", st)
	}
}

// A lull that is followed by the next packet in time is none.
func TestALullIsNoPause(t *testing.T) {
	s := newScript(t)
	for n := range 20 {
		p := packet(n)
		p.Quiet = n == 10
		s.take(p, Accepted)
		s.hear()
	}
	if st := s.b.Stats(); st.Dry != 0 || st.Lost != 0 || st.Played != 18 {
		t.Errorf("%+v", st)
	}
}

// The length of a pause is not taken for the length of a packet.
func TestPausesAreNoPacketTimes(t *testing.T) {
	s := newScript(t)
	stamp := uint32(0)
	for n := range 40 {
		p := packet(n)
		p.Timestamp, p.Quiet = stamp, n%2 == 1
		stamp += 160
		if p.Quiet {
			stamp += 4 * 160
		}
		s.take(p, Accepted)
		for range 1 + 4*(n%2) {
			s.hear()
		}
	}
	if s.b.ticks != 160 {
		t.Errorf("packets are taken to be of %d ticks", s.b.ticks)
	}
}

// What is lost after a lull leaves a gap in the sequence, as no pause does: it is made up for, though
// it is speech that begins with it.
func TestALossAfterALullIsNoPause(t *testing.T) {
	s := newScript(t)
	s.stream(0, 10)
	p := packet(10)
	p.Quiet = true
	s.take(p, Accepted)
	s.want(s.hear(), "8")
	s.put(12, Accepted)
	s.want(s.hear(), "9")
	s.put(13, Accepted)
	s.want(s.hear(), "10")
	s.put(14, Accepted)
	s.want(s.hear(), "lost<12")
	s.want(s.hear(), "12")
	if st := s.b.Stats(); st.Dry != 0 || st.Lost != 1 {
		t.Errorf("%+v", st)
	}
}

// The first packet after a pause is lost: it is made up for where the next one comes in time for
// that. Where it does not, nothing waits.
func TestTheFirstPacketAfterAPauseIsLost(t *testing.T) {
	for late, want := range map[int]string{0: "lost<502 502 503 504 505", 1: "502 503 504 505 506"} {
		s := newScript(t)
		s.stream(0, 500) // one that is late does not count then
		p := packet(500)
		p.Quiet = true
		s.take(p, Accepted)
		for range 12 + late { // of 20 ms
			s.hear()
		}
		var heard []string
		for n := 502; n < 507; n++ {
			p := packet(n)
			p.Timestamp += 10 * 160
			s.take(p, Accepted)
			heard = append(heard, s.hear())
		}
		s.want(strings.Join(heard, " "), want)
		if st := s.b.Stats(); st.Dry != 0 || st.Lost != 1 {
			t.Errorf("%d ms late: %+v", 20*late, st)
		}
	}
}
