package panel

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"github.com/offhook/offhook/hal"
)

// Terminal draws the handset on a terminal and works the phone with its keys until the user
// quits (nil), the terminal itself goes (nil), ctx ends (nil) or the phone goes (ErrGone). It blocks. in and out are the
// terminal; another out, a file say, gets the same bytes. While nothing changes it has no timer
// that runs: on a card's console it costs nothing at rest.
//
// A client from Attach is the phone's own terminal: quitting there ends the phone, so a call
// that is up makes it ask first, and it hangs up. Quitting elsewhere only looks away.
func Terminal(ctx context.Context, c *Client, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	states, err := c.Subscribe(ctx)
	if err != nil {
		cancel()
		return err
	}
	t, err := openTTY(ctx, in, out)
	if err != nil {
		cancel()
		return err
	}
	m := &terminal{client: c, actions: make(chan action, 64), quit: quitFor(c)}
	m.draw = handset{hello: c.Hello(), style: coloured(os.Getenv), ascii: !speaksUTF8(os.Getenv), now: time.Now()}
	refusals, done := make(chan string), make(chan struct{})
	go func() {
		defer close(done)
		work(ctx, c, m.actions, func(words string) {
			select {
			case refusals <- words:
			case <-ctx.Done():
			}
		})
	}()
	err = m.run(ctx, t, states, refusals)
	if errors.Is(err, syscall.EIO) { // a window that was closed: the signal that says so may come later
		err = nil
	}
	cancel()
	<-done
	t.close()
	return err
}

// terminal is what is drawn, and what changes it.
type terminal struct {
	client   *Client
	actions  chan action
	draw     handset
	quit     quitter
	quitting bool
	anew     bool             // the whole screen is to be written
	unsay    <-chan time.Time // what was said goes
	moved    <-chan time.Time // what blinks changes
	hungUp   <-chan struct{}  // the phone is left as it should be
}

// sayTime is how long what is said stands.
const sayTime = 4 * time.Second

// run draws and takes what comes, until there is nothing more to draw.
func (m *terminal) run(ctx context.Context, t *tty, states <-chan State, refusals <-chan string) error {
	for !m.quitting {
		text := m.draw.draw(t.width, t.height)
		if err := t.show(pick(m.draw.state.Info.Title, "Offhook"), strings.Split(text, "\n"), m.anew); err != nil {
			return err
		}
		m.anew = false
		select {
		case s, ok := <-states:
			if !ok {
				if ctx.Err() != nil {
					return nil
				}
				return ErrGone
			}
			m.see(s)
		case e := <-t.events:
			switch e := e.(type) {
			case uv.KeyPressEvent:
				m.press(e.String())
			case uv.PasteEvent:
				m.paste(e.Content)
			}
		case words := <-refusals:
			m.say(words)
		case <-t.resized:
			t.measure()
			m.anew = true
		case <-m.unsay:
			m.draw.words, m.quit.asked, m.unsay = "", false, nil
		case at := <-m.moved:
			m.draw.now, m.moved = at, nil
			m.move()
		case <-m.hungUp:
			m.quitting = true
		case err := <-t.failed:
			return err
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// see takes the phone's state.
func (m *terminal) see(s State) {
	if s.Info != m.draw.state.Info {
		m.draw.ear = shift(m.draw.ear, s.Info.Ear)
		m.draw.mouth = shift(m.draw.mouth, s.Info.Mouth)
	}
	if i := s.Info; !s.OffHook && !i.InCall && i.Ear == 0 && i.Mouth == 0 {
		m.draw.ear, m.draw.mouth = [5]int{}, [5]int{} // no level comes any more that would push these out
	}
	m.draw.state = s
	m.move()
}

// paste dials.
func (m *terminal) paste(text string) {
	for _, k := range text {
		if k >= '0' && k <= '9' || k == '*' || k == '#' {
			m.do(action{key: hal.Key(k)})
		}
	}
}

// press does what a key of the terminal means.
func (m *terminal) press(key string) {
	if len(key) == 1 && key >= "E" && key <= "Z" && strings.Contains(m.draw.hello.Keys, key) {
		m.do(action{key: hal.Key(key[0])}) // a capital letter is that key where there is one
		return
	}
	switch key {
	case "h", "H", "space", " ":
		m.do(action{hook: true, off: !m.draw.state.OffHook})
	case "f", "F":
		m.do(action{key: flashKey})
	case "a", "b", "c", "d", "A", "B", "C", "D":
		m.do(action{key: hal.Key(strings.ToUpper(key)[0])})
	case "+", "=", "up":
		m.do(action{key: hal.VolumeUp})
	case "-", "_", "down":
		m.do(action{key: hal.VolumeDown})
	case "enter":
		m.do(action{key: '#'})
	case "ctrl+l":
		m.anew = true // after another program wrote over the drawing
	case "?":
		m.draw.help = !m.draw.help
	case "q", "Q", "ctrl+c":
		m.leave(key)
	default:
		if len(key) == 1 && strings.Contains("0123456789*#", key) {
			m.do(action{key: hal.Key(key[0])})
		}
	}
}

// do queues an action; one for which there is no room is lost, as on a phone whose keys
// jam.
func (m *terminal) do(a action) {
	select {
	case m.actions <- a:
	default:
	}
}

// A quitter says what quitting does.
type quitter struct {
	ends  bool // the phone goes with its terminal
	asked bool
}

func quitFor(c *Client) quitter { return quitter{ends: c.own} }

// leave quits, or asks first where that would end a call.
func (m *terminal) leave(key string) {
	s := m.draw.state
	inCall := s.Info.InCall || s.OffHook
	switch {
	case !m.quit.ends || !inCall:
		m.quitting = true
	case !m.quit.asked && s.Info.InCall && key != "ctrl+c":
		m.quit.asked = true
		m.say("A call is up. q again hangs up and quits")
	case m.hungUp == nil:
		done, hungUp := make(chan struct{}), make(chan struct{})
		m.do(action{hook: true})
		m.do(action{stop: func() { close(done) }})
		m.hungUp = hungUp
		go func() {
			defer close(hungUp)
			select {
			case <-done:
			case <-time.After(time.Second): // the phone hangs: go all the same
			case <-m.client.Gone():
			}
		}()
	}
}

// say shows words for a while.
func (m *terminal) say(words string) {
	m.draw.words = words
	m.unsay = time.After(sayTime)
}

// move asks for the next picture of what blinks.
func (m *terminal) move() {
	if after := m.draw.moves(); after > 0 && m.moved == nil {
		m.moved = time.After(after)
	}
}

func shift(levels [5]int, next int) [5]int {
	copy(levels[:], levels[1:])
	levels[len(levels)-1] = next
	return levels
}

// speaksUTF8 says whether the terminal is said to show more than ASCII. Where the locale
// says nothing, it does: so do the terminals of today.
func speaksUTF8(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(env(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return !slices.Contains([]string{"dumb", "vt100", "vt220"}, env("TERM"))
}

// coloured says whether the terminal is to have colours and attributes (no-color.org).
func coloured(env func(string) string) bool {
	return env("NO_COLOR") == "" && env("TERM") != "dumb"
}
