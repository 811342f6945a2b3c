package dtmf

import (
	"fmt"
	"strings"
	"testing"
)

// slots writes down what a sender does, slot by slot.
func slots(s *Sender, rtpClock, most int) string {
	var b strings.Builder
	first := 0
	for i := 0; s.Active() && i < most; i++ {
		p, ok := s.Next(rtpClock)
		if !ok {
			b.WriteString("-\n")
			continue
		}
		mark, end := " ", " "
		if p.Marker {
			mark, first = "M", i
		}
		if p.End {
			end = "E"
		}
		// Where the event began, counted in slots from the beginning of the first.
		began := float64(first) + float64(p.Into)/float64(rtpClock/50)
		fmt.Fprintf(&b, "%d %s%s %d from %g\n", p.Code, mark, end, p.Duration, began)
	}
	return b.String()
}

// RFC 4733 §2.5.1: one timestamp and one marker for each event, a duration that
// grows, the end three times, and a pause before the next digit.
func TestSenderDigits(t *testing.T) {
	s := &Sender{Clock: 8000}
	if !s.Queue('5') || !s.Queue('#') {
		t.Fatal("a digit was refused")
	}
	const want = `5 M  160 from 0
5    320 from 0
5    480 from 0
5    640 from 0
5  E 800 from 0
5  E 800 from 0
5  E 800 from 0
-
11 M  160 from 8
11    320 from 8
11    480 from 8
11    640 from 8
11  E 800 from 8
11  E 800 from 8
11  E 800 from 8
-
`
	if got := slots(s, 8000, 100); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if s.Active() {
		t.Error("still active after the last digit")
	}
}

// Beside Opus, the events may be counted at 8000 Hz while timestamps count 48000.
func TestSenderClocks(t *testing.T) {
	for _, c := range []struct{ events, rtp, duration int }{{8000, 48000, 800}, {48000, 48000, 4800}, {8000, 8000, 800}} {
		s := &Sender{Clock: c.events}
		s.Queue('1')
		got := slots(s, c.rtp, 100)
		if want := fmt.Sprintf("1  E %d from 0\n", c.duration); strings.Count(got, want) != 3 {
			t.Errorf("%+v: got\n%s", c, got)
		}
	}
}

// A tone longer than the duration field goes on in segments: RFC 4733 §2.5.1.3.
func TestSenderSegments(t *testing.T) {
	s := &Sender{Clock: 8000}
	s.Hold(900) // 18 s
	s.Queue('9')
	lines := strings.Split(strings.TrimSpace(slots(s, 8000, 2000)), "\n")
	markers, ends, last := 0, 0, 0
	stamps := map[float64]int{}
	for _, l := range lines {
		if l == "-" {
			continue
		}
		var began float64
		var duration int
		markers += strings.Count(l, "M")
		ends += strings.Count(l, "E")
		f := strings.Fields(l)
		fmt.Sscan(f[len(f)-1], &began)
		fmt.Sscan(f[len(f)-3], &duration)
		if duration <= 0 || duration > 0xffff {
			t.Fatalf("duration %d in %q", duration, l)
		}
		stamps[began]++
		last = int(began)*160 + duration
	}
	if markers != 1 || ends != 3 {
		t.Errorf("%d markers and %d ends, want 1 and 3", markers, ends)
	}
	if len(stamps) != 3 || stamps[0] != 409 || stamps[409] != 409 {
		t.Errorf("segments begin at %v, want three, 409 slots apart", stamps)
	}
	if last != 900*160 {
		t.Errorf("the tone lasts %d units in all, want %d", last, 900*160)
	}
}

func TestSenderRefuses(t *testing.T) {
	s := &Sender{Clock: 8000}
	for _, d := range []byte{'x', 0, ' ', 'E', 0xff} {
		if s.Queue(d) {
			t.Errorf("%q was taken for a digit", d)
		}
	}
	if _, ok := s.Next(8000); ok || s.Active() {
		t.Error("an idle sender sends")
	}
	n := 0
	for s.Queue('1') {
		n++
	}
	if n != queued {
		t.Errorf("%d digits wait, want %d", n, queued)
	}
	s.Clear()
	if s.Active() {
		t.Error("active after Clear")
	}
}
