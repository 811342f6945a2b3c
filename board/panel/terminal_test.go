package panel_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/board/sim"
)

// screen is what a terminal program writes, and the keys that are typed on it.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	gone bool
	keys *io.PipeWriter
	in   *io.PipeReader
	done chan error
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return 0, &os.PathError{Op: "write", Path: "/dev/pts/7", Err: syscall.EIO}
	}
	return s.text.Write(p)
}

func (s *screen) shows(t *testing.T, words string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		found := strings.Contains(s.text.String(), words)
		s.mu.Unlock()
		if found {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the terminal never showed %q", words)
		}
	}
}

func (s *screen) press(keys string) { io.WriteString(s.keys, keys) }

func (s *screen) ends(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.done:
		return err
	case <-time.After(5 * time.Second):
		t.Fatal("the terminal did not end")
		return nil
	}
}

func terminal(t *testing.T, ctx context.Context, c *panel.Client) *screen {
	t.Setenv("TERM", "xterm-256color")
	t.Setenv("LANG", "C.UTF-8")
	s := &screen{done: make(chan error, 1)}
	s.in, s.keys = io.Pipe()
	t.Cleanup(func() { s.keys.Close(); c.Close() })
	go func() { s.done <- panel.Terminal(ctx, c, s.in, s) }()
	return s
}

func TestTerminalWorksThePhone(t *testing.T) {
	p := open(t, sim.Config{})
	show(p, "Hello there")
	s := terminal(t, context.Background(), p.dial(t))
	s.shows(t, "Hello there")
	s.press("h")
	p.expect(t, "off")
	s.press("600*#aD+-=")
	p.expect(t, "6+ 6- 0+ 0- 0+ 0- *+ *- #+ #- A+ A- D+ D- ++ +- -+ -- ++ +-")
	s.press("\r")
	p.expect(t, "#+ #-")
	s.press("f")
	p.expect(t, "on off")
	s.press("\x1b[200~+49 (30) 7\x1b[201~") // pasted
	p.expect(t, "4+ 4- 9+ 9- 3+ 3- 0+ 0- 7+ 7-")
	s.press("q") // another's phone: it stays as it is
	if err := s.ends(t); err != nil {
		t.Errorf("quitting: %v", err)
	}
	if got, err := p.dial(t).State(); err != nil || !got.OffHook {
		t.Errorf("looking away hung up: %+v, %v", got, err)
	}
}

func TestOwnTerminalAsksBeforeItEndsACall(t *testing.T) {
	p := open(t, sim.Config{})
	c, err := p.Attach(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s := terminal(t, context.Background(), c)
	s.shows(t, "lift")
	s.press("h")
	p.expect(t, "off")
	p.SetInfo(panel.Info{InCall: true, Account: "in a call"})
	s.shows(t, "in a call")
	s.press("q")
	s.shows(t, "A call is up. q again hangs up and quits")
	s.press("q")
	p.expect(t, "on")
	if err := s.ends(t); err != nil {
		t.Errorf("quitting: %v", err)
	}
}

func TestTerminalSaysWhatWasRefused(t *testing.T) {
	p := open(t, sim.Config{Keys: "123456789*0#"})
	s := terminal(t, context.Background(), p.dial(t))
	s.press("a")
	s.shows(t, `there is no key "A"`)
	s.press("f")
	s.shows(t, "nothing to flash")
	s.press("q")
	s.ends(t)
}

func TestTerminalEndsWithThePhone(t *testing.T) {
	p := open(t, sim.Config{})
	ctx, cancel := context.WithCancel(context.Background())
	c, err := p.Attach(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s := terminal(t, context.Background(), c)
	s.shows(t, "lift")
	cancel()
	if err := s.ends(t); !errors.Is(err, panel.ErrGone) {
		t.Errorf("the phone went: %v", err)
	}
}

// A terminal window that is closed is a user who goes, and no error: what is drawn next finds it
// gone, often before the kernel's signal is there.
func TestTerminalEndsWithItsWindow(t *testing.T) {
	p := open(t, sim.Config{})
	s := terminal(t, context.Background(), p.dial(t))
	s.shows(t, "lift")
	s.mu.Lock()
	s.gone = true
	s.mu.Unlock()
	show(p, "Hello there")
	if err := s.ends(t); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestTerminalEndsWithItsContext(t *testing.T) {
	p := open(t, sim.Config{})
	ctx, cancel := context.WithCancel(context.Background())
	s := terminal(t, ctx, p.dial(t))
	s.shows(t, "lift")
	cancel()
	if err := s.ends(t); err != nil {
		t.Errorf("got %v", err)
	}
}
