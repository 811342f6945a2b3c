package panel

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/offhook/offhook/hal"
)

// Terminal draws the handset on a terminal and works the phone with its keys until the user
// quits (nil), ctx ends (nil) or the phone goes (ErrGone). It blocks. in and out are the
// terminal; another out, a file say, gets the same bytes.
//
// A client from Attach is the phone's own terminal: quitting there ends the phone, so a call
// that is up makes it ask first, and it hangs up. Quitting elsewhere only looks away.
func Terminal(ctx context.Context, c *Client, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	states, err := c.Subscribe(ctx)
	if err != nil {
		return err
	}
	actions := make(chan action, 64)
	m := &terminal{client: c, actions: actions, width: 80, height: 24, quit: quitFor(c), ended: ctx.Done()}
	m.draw = handset{hello: c.Hello(), style: true, ascii: !speaksUTF8(os.Getenv), now: time.Now()}
	// Its clock ticks at rest too: at 30 a second, on a card's console, a hundred times what the
	// phone itself takes there.
	program := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out),
		tea.WithFPS(10), tea.WithWindowSize(80, 24), tea.WithoutSignalHandler())
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(ctx, c, actions, func(words string) { program.Send(said{words}) })
	}()
	go func() {
		for s := range states {
			program.Send(s)
		}
		program.Quit()
	}()
	_, err = program.Run()
	over := ctx.Err() != nil
	cancel()
	<-done
	select {
	case <-c.Gone():
		if !over && !m.quitting {
			return ErrGone
		}
		return nil
	default:
	}
	if over || errors.Is(err, tea.ErrProgramKilled) && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// terminal is the model of the terminal program.
type terminal struct {
	client        *Client
	actions       chan<- action
	draw          handset
	width, height int
	quit          quitter
	quitting      bool
	said          int // counts what was said, so that only the latest is taken away
	moving        bool
	ended         <-chan struct{}
}

type (
	said   struct{ words string }
	unsay  struct{ number int }
	moved  struct{ at time.Time }
	hungUp struct{}
)

// sayTime is how long what is said stands.
const sayTime = 4 * time.Second

func (m *terminal) Init() tea.Cmd { return nil }

func (m *terminal) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if msg.Width > 0 && msg.Height > 0 {
			m.width, m.height = msg.Width, msg.Height
		}
	case State:
		if msg.Info != m.draw.state.Info {
			m.draw.ear = shift(m.draw.ear, msg.Info.Ear)
			m.draw.mouth = shift(m.draw.mouth, msg.Info.Mouth)
		}
		if i := msg.Info; !msg.OffHook && !i.InCall && i.Ear == 0 && i.Mouth == 0 {
			m.draw.ear, m.draw.mouth = [5]int{}, [5]int{} // no level comes any more that would push these out
		}
		m.draw.state = msg
		return m, m.move()
	case moved:
		m.moving, m.draw.now = false, msg.at
		return m, m.move()
	case said:
		return m, m.say(msg.words)
	case unsay:
		if msg.number == m.said {
			m.draw.words, m.quit.asked = "", false
		}
	case hungUp:
		m.quitting = true
		return m, tea.Quit
	case tea.PasteMsg:
		for _, k := range msg.Content {
			if k >= '0' && k <= '9' || k == '*' || k == '#' {
				m.do(action{key: hal.Key(k)})
			}
		}
	case tea.KeyPressMsg:
		return m, m.press(msg.String())
	}
	return m, nil
}

// View is the drawing on the terminal's other screen.
func (m *terminal) View() tea.View {
	v := tea.NewView(m.draw.draw(m.width, m.height))
	v.AltScreen = true
	v.WindowTitle = pick(m.draw.state.Info.Title, "Offhook")
	return v
}

// press does what a key of the terminal means.
func (m *terminal) press(key string) tea.Cmd {
	if len(key) == 1 && key >= "E" && key <= "Z" && strings.Contains(m.draw.hello.Keys, key) {
		m.do(action{key: hal.Key(key[0])}) // a capital letter is that key where there is one
		return nil
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
		return tea.ClearScreen // after another program wrote over the drawing
	case "?":
		m.draw.help = !m.draw.help
	case "q", "Q", "ctrl+c":
		return m.leave(key)
	default:
		if len(key) == 1 && strings.Contains("0123456789*#", key) {
			m.do(action{key: hal.Key(key[0])})
		}
	}
	return nil
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
func (m *terminal) leave(key string) tea.Cmd {
	s := m.draw.state
	inCall := s.Info.InCall || s.OffHook
	switch {
	case !m.quit.ends || !inCall:
		m.quitting = true
		return tea.Quit
	case !m.quit.asked && s.Info.InCall && key != "ctrl+c":
		m.quit.asked = true
		return m.say("A call is up. q again hangs up and quits")
	}
	done := make(chan struct{})
	m.do(action{hook: true})
	m.do(action{stop: func() { close(done) }})
	return func() tea.Msg {
		select {
		case <-done:
		case <-time.After(time.Second): // the phone hangs: go all the same
		case <-m.client.Gone():
		}
		return hungUp{}
	}
}

// say shows words for a while.
func (m *terminal) say(words string) tea.Cmd {
	m.said++
	number := m.said
	m.draw.words = words
	return m.after(sayTime, func(time.Time) tea.Msg { return unsay{number} })
}

// move asks for the next picture of what blinks.
func (m *terminal) move() tea.Cmd {
	after := m.draw.moves()
	if after == 0 || m.moving {
		return nil
	}
	m.moving = true
	return m.after(after, func(at time.Time) tea.Msg { return moved{at} })
}

// after is tea.Tick, but ends with the terminal.
func (m *terminal) after(d time.Duration, then func(time.Time) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		select {
		case at := <-time.After(d):
			return then(at)
		case <-m.ended:
			return nil
		}
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
