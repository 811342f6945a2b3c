// Package panel is the panel protocol: any board's front, watched and worked from a
// terminal, a script or another machine over a socket. It owns the protocol, its server and
// client, and the terminal handset. It refuses to know what a key does or a screen means.
package panel

import (
	"context"
	"strings"
	"sync"

	"github.com/offhook/offhook/hal"
)

// A Panel is a board with the panel protocol around it: hal.Join of the board and of all
// clients together. It shows on the board what it is told to show, and tells the clients.
//
// A Panel always has a display (of the board's size, or 20×4), lamps and a ringer, so that
// clients see them though the board lacks them; Bell says whether the board rings itself.
type Panel struct {
	// Text sends a text for a client and returns when its outcome is known; the error is a
	// sentence for a person. It is set before Serve. nil: the phone sends none.
	Text func(ctx context.Context, number, words string) error
	// Reload has the phone read its settings again and returns what came of it, in words; the
	// error is a sentence for a person, or one for each mistake. nil: there are none to be read.
	Reload func(ctx context.Context) (string, error)
	// Doctor has the phone examined and returns what was found, a line per layer. nil: nobody
	// can. It is called on the goroutine of a client.
	Doctor func(ctx context.Context) (string, error)
	// Report saves a report for who is to help, and says where. nil: nobody can. It is called on
	// the goroutine of a client.
	Report func(ctx context.Context) (string, error)

	inner  hal.Panel
	remote *remote
	joined hal.Panel

	mu      sync.Mutex
	now     front
	clients map[*conn]bool // true: subscribed
}

// New wraps a board. It is not touched before Run.
func New(inner hal.Panel) *Panel {
	p := &Panel{inner: inner, clients: map[*conn]bool{}}
	size, keys := hal.Size20x4, inner.Parts().Keys
	if d := inner.Parts().Display; d != nil {
		size = d.Size()
	}
	if keys == "" {
		keys = "123A456B789C*0#D"
	}
	for _, volume := range []hal.Key{hal.VolumeUp, hal.VolumeDown} {
		if !strings.ContainsRune(keys, rune(volume)) {
			keys += string(rune(volume))
		}
	}
	p.now.frame = hal.Frame{}.Fit(size)
	p.remote = newRemote(p, size, keys)
	p.joined = hal.Join(inner, p.remote)
	return p
}

// Bell says whether the board has a bell or buzzer of its own.
func (p *Panel) Bell() bool { return p.inner.Parts().Ringer != nil }

// Parts are those of the board and of the clients together.
func (p *Panel) Parts() hal.Parts { return p.joined.Parts() }

// Run runs the board and passes on its inputs and the clients'. It does not serve: see Serve.
func (p *Panel) Run(ctx context.Context, in chan<- hal.Input) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all := make(chan hal.Input)
	ended := make(chan error, 1)
	go func() { ended <- p.joined.Run(ctx, all) }()
	for {
		select {
		case v := <-all:
			p.note(v)
			select {
			case in <- v:
			case <-ctx.Done():
			}
		case err := <-ended:
			return err
		}
	}
}

// note keeps what an input says about the state.
func (p *Panel) note(v hal.Input) {
	switch v := v.(type) {
	case hal.HookInput:
		p.change(func(f *front) { f.off = v.Off })
	case hal.KeyInput:
		p.change(func(f *front) {
			f.pressed = strings.ReplaceAll(f.pressed, string(rune(v.Key)), "")
			if v.Down {
				f.pressed += string(rune(v.Key))
			}
		})
	}
}

// SetInfo sets what drawn handsets show beside the display. It never blocks; safe from any
// goroutine.
func (p *Panel) SetInfo(i Info) {
	i = i.clean()
	p.change(func(f *front) { f.info = i })
}

// Watched reports whether anybody is subscribed: meters that nobody sees need not move.
func (p *Panel) Watched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, subscribed := range p.clients {
		if subscribed {
			return true
		}
	}
	return false
}

// change changes the state and tells the subscribers, the slow ones excepted: those are
// dropped.
func (p *Panel) change(how func(*front)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.now
	how(&p.now)
	if p.now == was {
		return
	}
	var text []byte
	for c, subscribed := range p.clients {
		if !subscribed {
			continue
		}
		if text == nil {
			text = encode(changed{p.now.since(was)})
		}
		c.send(text)
	}
}

// state is what the panel shows now.
func (p *Panel) state() front {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}
