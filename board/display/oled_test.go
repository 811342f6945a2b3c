package display

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/board/ssd1306/ssd1306test"
	"github.com/offhook/offhook/board/wiring"
)

// shining is a bus with an OLED on it.
type shining struct {
	*bench
	chip ssd1306test.Chip
}

func (s *shining) Bus(int) (Bus, error) { return s, nil }

func (s *shining) Tx(address uint16, w, r []byte) (err error) {
	s.set(func() {
		if s.broken != nil || address != 0x3d {
			err = errors.New("sysfs-i2c: remote I/O error")
			return
		}
		s.chip.Write(w)
	})
	time.Sleep(time.Duration(1+len(w)+len(r)) * 90 * time.Microsecond)
	return err
}

func (s *shining) shows() (rows string) {
	s.set(func() {
		rows = strings.Join(s.chip.Text(20, 6, func(dots [8]byte) rune {
			for r := ' '; r <= '~'; r++ {
				if d, _ := font.Of(r); d == dots {
					return r
				}
			}
			return ssd1306test.Unknown
		}), "|")
	})
	return rows
}

// An OLED is found, shows the latest frame, dims, is missed, told of, and comes back with what
// is to be seen.
func TestOLED(t *testing.T) {
	for _, kind := range []string{"ssd1306", "sh1106"} {
		synctest.Test(t, func(t *testing.T) {
			spec := wiring.LCD{Chip: kind, Cols: 20, Rows: 2, Bus: 1, Bright: 60, Dim: 10}
			s := &shining{newBench(spec), ssd1306test.Chip{Rows: 32, SH1106: kind == "sh1106"}}
			s.chip.Power(5)
			d, told := New(spec), &faults{}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				d.Run(ctx, s, told.tell)
			}()
			is := func(want string, contrast int) {
				t.Helper()
				if got := s.shows(); got != want {
					t.Errorf("shows %q, want %q", got, want)
				}
				if got := s.chip.Contrast(); got != contrast {
					t.Errorf("contrast %d, want %d", got, contrast)
				}
			}
			d.Show(frame(spec, "Home 201", "ready"))
			time.Sleep(time.Second)
			is("Home 201            |ready               ", 153)
			f := frame(spec, "Home 201", "12.34")
			f.Light = false
			d.Show(f)
			time.Sleep(time.Second)
			is("Home 201            |12.34               ", 25)
			s.set(func() { s.broken = errors.New("unplugged") })
			time.Sleep(lookTime)
			d.Show(frame(spec, "back"))
			s.set(func() { s.broken = nil; s.chip.Power(9) })
			time.Sleep(2*retryTime + time.Second)
			is("back                |                    ", 153)
			if got := strings.Join(told.told(), "; "); got != "no answer at 0x3d: check its wires; " {
				t.Errorf("told %q", got)
			}
			s.set(func() { s.chip.Power(7) }) // it cannot be asked
			time.Sleep(looksToRefresh * lookTime)
			is("back                |                    ", 153)
			cancel()
			<-ended
			if s.chip.Contrast() != 25 || strings.TrimSpace(s.shows()) != "|" && strings.Contains(s.shows(), "b") {
				t.Errorf("ends with %q", s.shows())
			}
			if c := s.chip.Complaints(); len(c) > 0 {
				t.Errorf("it complains: %q", c)
			}
		})
	}
}
