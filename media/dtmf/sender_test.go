package dtmf

import (
	"fmt"
	"strings"
	"testing"
)

// slots writes down what a sender does, slot by slot. at is called before each.
func slots(s *Sender, rtpClock int, at func(slot int)) string {
	var b strings.Builder
	first := 0
	for i := 0; s.Active(); i++ {
		if at != nil {
			at(i)
		}
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
		// Where the segment began, in units of the RTP clock since the first digit did.
		began := uint32(first*rtpClock/50) + p.Into
		fmt.Fprintf(&b, "%d %s%s %d from %d\n", p.Code, mark, end, p.Duration, began)
	}
	return b.String()
}

// press types digits, the last of which is not held either.
func press(s *Sender, digits string) {
	for _, d := range []byte(digits) {
		s.Press(d)
	}
	s.Lift()
}

// RFC 4733 §2.5.1: one timestamp and one marker for each event, a duration that
// grows, the end three times, and a pause before the next digit.
func TestSenderDigits(t *testing.T) {
	s := &Sender{Clock: 8000}
	press(s, "5#")
	const want = `5 M  160 from 0
5    320 from 0
5    480 from 0
5    640 from 0
5  E 800 from 0
5  E 800 from 0
5  E 800 from 0
-
11 M  160 from 1280
11    320 from 1280
11    480 from 1280
11    640 from 1280
11  E 800 from 1280
11  E 800 from 1280
11  E 800 from 1280
-
`
	if got := slots(s, 8000, nil); got != want {
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
		press(s, "1")
		got := slots(s, c.rtp, nil)
		if want := fmt.Sprintf("1  E %d from 0\n", c.duration); strings.Count(got, want) != 3 {
			t.Errorf("%+v: got\n%s", c, got)
		}
	}
}

// A key that is held sounds as long as it is: 100 ms at least, until the next one at most.
func TestSenderHeldKey(t *testing.T) {
	for _, c := range []struct{ lift, want int }{{0, 5}, {1, 5}, {4, 5}, {5, 6}, {6, 7}, {50, 51}} {
		s := &Sender{Clock: 8000}
		s.Press('7')
		got := slots(s, 8000, func(slot int) {
			if slot == c.lift {
				s.Lift()
			}
		})
		if want := fmt.Sprintf("7  E %d from 0\n", c.want*160); strings.Count(got, want) != 3 {
			t.Errorf("lifted after %d slots: want %d of\n%s", c.lift, c.want, got)
		}
		if n := strings.Count(got, "\n"); n != c.want-1+slotsEnd+slotsGap {
			t.Errorf("lifted after %d slots: it takes %d", c.lift, n)
		}
	}
	s := &Sender{Clock: 8000}
	s.Press('1')
	got := slots(s, 8000, func(slot int) {
		switch slot {
		case 10:
			s.Press('2') // before the first was let go
		case 12:
			s.Lift() // the second, which still waits
		}
	})
	if strings.Count(got, "1  E 1760 from 0\n") != 3 || strings.Count(got, "2  E 800 from 2240\n") != 3 {
		t.Errorf("two keys at once:\n%s", got)
	}
	s.Lift() // of nothing
	if s.Active() {
		t.Error("lifting a key began something")
	}
}

// A tone longer than the duration field goes on in segments: RFC 4733 §2.5.1.3. Each but the
// last is told of in full once, without an end; neither is the end in the first packet of one.
func TestSenderSegments(t *testing.T) {
	for _, c := range []struct{ events, rtp int }{{8000, 8000}, {8000, 48000}, {48000, 48000}} {
		unit := c.events / 50
		for _, lift := range []int{0xffff / unit, 0xffff/unit - 1, 0xffff/unit + 1, 0xffff/unit + 2, 900, 1400} {
			s := &Sender{Clock: c.events}
			s.Press('9')
			lines := strings.Split(strings.TrimSpace(slots(s, c.rtp, func(slot int) {
				if slot == lift {
					s.Lift()
				}
			})), "\n")
			var began, duration, before, ends, markers, segments int
			full := false
			for _, l := range lines {
				if l == "-" {
					continue
				}
				was := began
				before = duration
				f := strings.Fields(l)
				fmt.Sscan(f[len(f)-1], &began)
				fmt.Sscan(f[len(f)-3], &duration)
				end := strings.Contains(l, "E")
				if end {
					ends++
				}
				markers += strings.Count(l, "M")
				if began != was {
					segments++
					if !full || end || began-was != 0xffff*c.rtp/c.events || duration > unit+unit {
						t.Fatalf("%+v, lifted after %d: %q after a duration of %d", c, lift, l, before)
					}
				}
				if full = duration == 0xffff; full && end {
					t.Fatalf("%+v, lifted after %d: the end in %q", c, lift, l)
				}
			}
			total := segments*0xffff + duration
			if late := total/unit - (lift + 1); ends != 3 || markers != 1 || total%unit != 0 || late < 0 || late > 2 {
				t.Errorf("%+v, lifted after %d: %d segments, %d ends, %d markers, %.1f slots in all", c, lift, segments, ends, markers, float64(total)/float64(unit))
			}
		}
	}
}

// A key that is never let go ends by itself, and the next one sounds.
func TestSenderStuckKey(t *testing.T) {
	s := &Sender{Clock: 8000}
	s.Press('5')
	got := slots(s, 8000, nil)
	if n := strings.Count(got, "\n"); n != slotsMost-1+slotsEnd+slotsGap || strings.Count(got, "E") != 3 {
		t.Errorf("%d slots, %d ends", n, strings.Count(got, "E"))
	}
	s.Lift()
	press(s, "6")
	if got := slots(s, 8000, nil); strings.Count(got, "6  E 800 from 0\n") != 3 {
		t.Errorf("the next:\n%s", got)
	}
}

func TestSenderRefuses(t *testing.T) {
	s := &Sender{Clock: 8000}
	for _, d := range []byte("x \x00E") {
		if s.Press(d) {
			t.Errorf("%q was taken for a digit", d)
		}
	}
	for range queued {
		if !s.Press('1') {
			t.Fatal("a digit was refused before the queue was full")
		}
	}
	if s.Press('1') {
		t.Error("the queue has no bound")
	}
	s.Next(8000)
	s.Clear()
	if s.Active() {
		t.Error("active after Clear")
	}
	if _, ok := s.Next(8000); ok {
		t.Error("a packet after Clear")
	}
}
