//go:build qemu

package guest

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
)

func TestMain(m *testing.M) { os.Exit(Apart(m.Run)) }

// soon is how long the phone may take for what it does at once, on an emulated machine.
const soon = 90 * time.Second

// bootTime is within which the phone must be there on a machine that others use as well; what
// is aimed at each test says.
const bootTime = 5 * time.Minute

// flash is a card with these settings; "": the image's own.
func flash(t *testing.T, settings string) *Card {
	t.Helper()
	c, err := NewCard(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if settings != "" {
		if err := c.Put("offhook.toml", settings); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// A phone is a guest with somebody at its panel.
type phone struct {
	*Guest
	*panel.Client
	t *testing.T
}

// boot starts a card and returns when the phone's panel answers.
func boot(t *testing.T, c *Card, o Options) phone {
	t.Helper()
	g := power(t, c, o)
	p, err := g.Panel(bootTime)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return phone{g, p, t}
}

// power starts a card and waits for nothing.
func power(t *testing.T, c *Card, o Options) *Guest {
	t.Helper()
	g, err := c.Boot(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && g.on() {
			t.Logf("the guest:\n%s%s", g.Words(), g.Logs())
		}
		g.Kill()
	})
	return g
}

// see waits until the display matches.
func (p phone) see(display string, d time.Duration) {
	p.t.Helper()
	if lcd, err := p.Wait(regexp.MustCompile(display), d); err != nil {
		p.t.Fatalf("the display never says %q: %v\n%s", display, err, lcd)
	}
}

func (p phone) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// shell has the guest's root run a command.
func (p phone) shell(command string) string {
	p.t.Helper()
	out, err := p.Shell(command)
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// sounds waits until the ear hears something.
func (p phone) sounds(d time.Duration) {
	p.t.Helper()
	for end := time.Now().Add(d); ; time.Sleep(20 * time.Millisecond) {
		s, err := p.State()
		if err != nil {
			p.t.Fatal(err)
		}
		if s.Info.Ear > 0 {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("nothing is heard after %v; the display shows\n%s", d, s.LCD)
		}
	}
}

// lift lifts the handset and waits for the dial tone.
func (p phone) lift() {
	p.t.Helper()
	p.must(p.Hook(true))
	p.sounds(soon)
}

func (p phone) hangUp() { p.t.Helper(); p.must(p.Hook(false)) }

// since prints what the guest has taken since the power came beside what is aimed at, and
// says whether it is within three times that. The time that others had the processors does
// not count.
func since(t *testing.T, g *Guest, what string, aim time.Duration) bool {
	t.Helper()
	took, waited := time.Since(g.Begun), g.Waited()
	t.Logf("from power to %s: %v (aim %v), of which it waited %v for a processor", what,
		took.Round(10*time.Millisecond), aim, waited.Round(10*time.Millisecond))
	return took-waited <= 3*aim
}
