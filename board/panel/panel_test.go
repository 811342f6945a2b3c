package panel_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/board/sim"
	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// phone is a panel that runs and is served, and its inputs.
type phone struct {
	*panel.Panel
	board *sim.Board
	in    chan hal.Input
	path  string
}

func open(t *testing.T, c sim.Config) phone {
	t.Helper()
	p := phone{board: sim.New(c), in: make(chan hal.Input, 64), path: filepath.Join(t.TempDir(), "run", "panel")}
	p.Panel = panel.New(p.board)
	l, err := panel.ListenUnix(p.path)
	if err != nil {
		t.Fatal(err)
	}
	p.serve(t, l, "")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, p.in) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	if v := p.next(t); v != "on" {
		t.Fatalf("first input %s", v)
	}
	return p
}

func (p phone) serve(t *testing.T, l net.Listener, token string) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx, l, token) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func (p phone) dial(t *testing.T) *panel.Client {
	t.Helper()
	c, err := panel.Dial(context.Background(), p.path, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// next is the next input, in short: "on" "off" "5+" "5-".
func (p phone) next(t *testing.T) string {
	t.Helper()
	select {
	case v := <-p.in:
		switch v := v.(type) {
		case hal.HookInput:
			return map[bool]string{true: "off", false: "on"}[v.Off]
		case hal.KeyInput:
			return string(rune(v.Key)) + map[bool]string{true: "+", false: "-"}[v.Down]
		}
	case <-time.After(5 * time.Second):
		t.Fatal("no input")
	}
	return ""
}

func (p phone) expect(t *testing.T, words string) {
	t.Helper()
	for _, want := range strings.Fields(words) {
		if got := p.next(t); got != want {
			t.Fatalf("input %s, want %s of %s", got, want, words)
		}
	}
}

func show(p hal.Panel, rows ...string) {
	var f hal.Frame
	copy(f.Text[:], rows)
	p.Parts().Display.Show(f.Fit(hal.Size20x4))
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// A panel around a board is a board.
func TestPasses(t *testing.T) {
	haltest.Run(t, func(t *testing.T) (hal.Panel, haltest.Driver) {
		b := sim.New(sim.Config{})
		return panel.New(b), haltest.Driver{
			Key:    func(k hal.Key, down bool) { ok(t, b.Press(k, down)) },
			Hook:   func(off bool) { ok(t, b.Hook(off)) },
			Frame:  func() hal.Frame { now, _ := b.Observe(); return now.Frame },
			Lamp:   func(hal.Lamp) hal.Pattern { now, _ := b.Observe(); return now.Lamps[0] },
			Steady: true,
			Rings:  func() bool { now, _ := b.Observe(); return now.Ring != hal.Cadence{} },
		}
	})
}

func TestClientsWorkThePhone(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	ok(t, c.Hook(true))
	ok(t, c.Tap("60*"))
	p.expect(t, "off 6+ 6- 0+ 0- *+ *-")
	ok(t, c.Flash(50*time.Millisecond))
	p.expect(t, "on off")
	ok(t, p.board.Press('1', true))
	ok(t, c.Press('2'))
	ok(t, c.Release('2'))
	p.expect(t, "1+ 2+ 2-")
	ok(t, c.Hook(false))
	p.expect(t, "on")
	if err := c.Press('E'); err == nil || !strings.Contains(err.Error(), `no key "E"`) {
		t.Errorf("pressing E: %v", err)
	}
	if err := c.Flash(0); err == nil || !strings.Contains(err.Error(), "on the hook") {
		t.Errorf("flash on the hook: %v", err)
	}
}

func TestBothHooks(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	ok(t, p.board.Hook(true))
	p.expect(t, "off")
	ok(t, c.Flash(40*time.Millisecond)) // though its own was never lifted
	p.expect(t, "on off")
	ok(t, c.Hook(false))
	p.expect(t, "on")
}

func TestClientSeesAll(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	want := panel.Hello{Protocol: "offhook-panel", Version: 1, LCD: [2]int{20, 4}, Keys: sim.Keys, Lamps: hal.LampNames}
	if diff := cmp.Diff(want, c.Hello()); diff != "" {
		t.Error(diff)
	}
	show(p, "Home 201", "6_")
	p.Parts().Lamps.Light(hal.LampMessage, hal.Blink)
	p.Parts().Ringer.Ring(hal.Cadence{{On: time.Second, Off: 4 * time.Second}})
	p.SetInfo(panel.Info{Account: "Home 201\x1b[2J", Ear: 1000, Volume: -1})
	ok(t, c.Hook(true))
	ok(t, c.Press('6'))
	p.expect(t, "off 6+")
	wantState := panel.State{
		LCD:   panel.LCD{Rows: []string{"Home 201            ", "6_                  ", strings.Repeat(" ", 20), strings.Repeat(" ", 20)}},
		Lamps: panel.Lamps{Line: "off", Message: "blink", Mute: "off", Watch: "off", Power: "off"}, Ringer: panel.Ringer{Ringing: true, Cadence: [][2]int{{1000, 4000}}},
		OffHook: true, Pressed: "6", Info: panel.Info{Account: "Home 201 [2J", Ear: 100},
	}
	got, err := c.State()
	ok(t, err)
	if diff := cmp.Diff(wantState, got); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	now, _ := p.board.Observe()
	if now.Frame.Text[1] != wantState.LCD.Rows[1] || now.Lamps[1] != hal.Blink || now.Ring == (hal.Cadence{}) {
		t.Errorf("the board itself shows %+v", now)
	}
}

func TestSubscribersSeeChanges(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	show(p, "first")
	ctx, cancel := context.WithCancel(context.Background())
	states, err := c.Subscribe(ctx)
	ok(t, err)
	if s := <-states; s.LCD.Rows[0][:5] != "first" || s.Lamps.Line != "off" {
		t.Errorf("first state %+v", s)
	}
	p.Parts().Lamps.Light(hal.LampLine, hal.On)
	show(p, "second")
	for s := range states {
		if s.LCD.Rows[0][:6] == "second" {
			if s.Lamps.Line != "on" {
				t.Error("the change of a lamp was lost")
			}
			break
		}
	}
	cancel()
	for range states { // until it is closed
	}
}

func TestWait(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	show(p, "Ringing")
	lcd, err := c.Wait(regexp.MustCompile("^Ring"), time.Second)
	if err != nil || lcd.Rows[0][:7] != "Ringing" {
		t.Errorf("what is there already: %v %v", lcd, err)
	}
	found, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for looking := true; looking; {
			for _, text := range []string{"a", "needle", "b"} { // gone before anyone could look
				show(p, "Echo", text)
			}
			select {
			case <-found:
				looking = false
			case <-time.After(20 * time.Millisecond): // Wait may only begin now
			}
		}
	}()
	if _, err = c.Wait(regexp.MustCompile(`(?m)Echo\nneedle$`), 5*time.Second); err != nil {
		t.Errorf("a frame that stood for a moment: %v", err)
	}
	close(found)
	<-done
	_, err = c.Wait(regexp.MustCompile("never"), 20*time.Millisecond)
	if !errors.Is(err, panel.ErrTimeout) || !strings.Contains(err.Error(), "the display shows\nEcho\nb") {
		t.Errorf("waiting in vain: %v", err)
	}
}

func TestKeysGoUpWithTheirClient(t *testing.T) {
	p := open(t, sim.Config{})
	c := p.dial(t)
	ok(t, c.Press('6'))
	ok(t, c.Hook(true))
	p.expect(t, "6+ off")
	c.Close()
	p.expect(t, "6-") // and the handset stays where it was put
	if s, err := p.dial(t).State(); err != nil || !s.OffHook || s.Pressed != "" {
		t.Errorf("state %+v, %v", s, err)
	}
}

func TestBoardWithoutAnything(t *testing.T) {
	p := open(t, sim.Config{Size: hal.Size{Cols: -1}, Keys: " ", NoLamps: true, NoBell: true})
	if p.Bell() {
		t.Error("it has no bell")
	}
	show(p, "seen from afar")
	c := p.dial(t)
	if lcd, err := c.LCD(); err != nil || lcd.Rows[0] != "seen from afar      " {
		t.Errorf("display %v, %v", lcd, err)
	}
	ok(t, c.Tap("a"))
	p.expect(t, "A+ A-")
}

func TestInProcess(t *testing.T) {
	p := open(t, sim.Config{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c, err := p.Attach(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ok(t, c.Tap("5"))
	p.expect(t, "5+ 5-")
	cancel()
	<-c.Gone()
	if err := c.Press('5'); !errors.Is(err, panel.ErrGone) {
		t.Errorf("pressing a key of a phone that is gone: %v", err)
	}
	c.Close()
}

func TestPhoneThatHangsSaysSo(t *testing.T) {
	p := panel.New(sim.New(sim.Config{})) // never runs
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c, err := p.Attach(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for n := 0; n < 1000 && err == nil; n++ {
		err = c.Hook(n%2 == 0)
	}
	if err == nil || !strings.Contains(err.Error(), "does not take its keys") {
		t.Errorf("got %v", err)
	}
}
