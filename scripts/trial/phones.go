// Package trial owns a trial of telephones against each other: Offhook, Debian's baresip and
// linphonec, two of a kind in one call over virtual cards with one clock, what their ears
// hear, what the processes use, and the tables that this is told in. It judges nothing.
package trial

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"syscall"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// A Kind is one of the programs that are compared.
type Kind int

const (
	Offhook Kind = iota
	Baresip
	Linphone
)

// Kinds are all of them.
var Kinds = [...]Kind{Offhook, Baresip, Linphone}

func (k Kind) String() string { return [...]string{"Offhook", "baresip", "linphone"}[k] }
func (k Kind) Flag() string   { return [...]string{"offhook", "baresip", "linphone"}[k] }

// A Codec is one of the two that calls are made in, as each program names it.
type Codec struct {
	Name string
	Of   [len(Kinds)]string
}

// Codecs are G.711 μ-law and Opus.
var Codecs = []Codec{
	{"G.711", [...]string{"pcmu", "PCMU", "PCMU"}},
	{"Opus", [...]string{"opus", "opus/48000/1", "opus"}},
}

// A Phone is a running one of any kind.
type Phone interface {
	PID() int
	Begun() time.Time // the process was started
	Log() string
	Stop()
	// Ready returns when it shows that it can be called.
	Ready() error
	// Dial begins a call.
	Dial(number string) error
	// Answer takes the next call as soon as the phone rings; it may take it by itself.
	Answer() <-chan Lift
	// Talking returns when the call is answered.
	Talking() error
	// Alone lets go of whatever watches the phone, which costs it: nobody watches a phone
	// while it is measured. HangUp takes hold again.
	Alone() error
	HangUp() error
	// PutBack ends, on this side, a call that the far end has ended.
	PutBack() error
}

// A Lift is when the handset was lifted by hand; zero where the phone answers by itself.
type Lift struct {
	At  time.Time
	Err error
}

// A Config is what all kinds are told; all else is as they come.
type Config struct {
	Binary  string // of Offhook
	User    string
	Domain  string
	Proxy   netip.AddrPort
	Codec   Codec
	Answers bool // by itself, where it can
	Env     []string
	Period  string // of Offhook's card, as card_period has it; "": its own
	Nice    int    // -20 first to 19 last; below 0 only for root
}

// Longest is how long anything may take that a phone is asked for.
const Longest = 8 * time.Second

// Start starts one with its files in dir and returns once it takes orders.
func Start(dir string, k Kind, c Config) (Phone, error) {
	p, err := launch(dir, k, c)
	if err != nil || c.Nice == 0 {
		return p, err
	}
	// Each phone is a process group of its own: this reaches all of its threads.
	if err := syscall.Setpriority(syscall.PRIO_PGRP, p.PID(), c.Nice); err != nil {
		p.Stop()
		return nil, fmt.Errorf("priority %d: %w", c.Nice, err)
	}
	return p, nil
}

func launch(dir string, k Kind, c Config) (Phone, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if k == Linphone {
		l, err := peers.StartLinphone(dir, peers.Account{
			User: c.User, Domain: c.Domain, Password: peers.Password(c.User), Proxy: c.Proxy,
			Register: true, AutoAnswer: c.Answers, Codecs: c.Codec.Of[k], Env: c.Env,
		})
		if err != nil {
			return nil, err
		}
		return &other{l}, nil
	}
	if k == Baresip {
		b, err := peers.StartBaresip(dir, peers.Account{
			User: c.User, Domain: c.Domain, Password: peers.Password(c.User), Proxy: c.Proxy,
			Register: true, AutoAnswer: c.Answers, Codecs: c.Codec.Of[k], Env: c.Env,
		})
		if err != nil {
			return nil, err
		}
		return &theirs{Baresip: b, automatic: c.Answers}, nil
	}
	p, err := peers.StartOffhook(dir, peers.Phone{
		Binary: c.Binary, Name: c.User, User: c.User, Password: peers.Password(c.User), Domain: c.Domain,
		Proxy: c.Proxy.String(), Codecs: []string{c.Codec.Of[k]}, Env: c.Env,
		Auto: c.Answers, Period: c.Period,
	})
	if err != nil {
		return nil, err
	}
	return &own{p, c.Answers}, nil
}

// own is an Offhook: a person's finger and eye at its panel.
type own struct {
	*peers.Offhook
	automatic bool
}

var (
	idle    = regexp.MustCompile(`ready|missed`)
	rings   = regexp.MustCompile(`calls you`)
	talks   = regexp.MustCompile(`B Hold`)
	ended   = regexp.MustCompile(`Hang up|Call ended`)
	pause   = 300 * time.Millisecond // a person's, between lifting and dialling
	hookOff = true
)

func (p *own) see(what *regexp.Regexp) error {
	if lcd, err := p.Wait(what, Longest); err != nil {
		return fmt.Errorf("the display never says %q: %w\n%s", what, err, lcd)
	}
	return nil
}

func (p *own) Ready() error { return p.see(idle) }

func (p *own) Dial(number string) error {
	if err := p.Hook(hookOff); err != nil {
		return err
	}
	time.Sleep(pause)
	return p.Tap(number + "#")
}

func (p *own) Answer() <-chan Lift {
	done := make(chan Lift, 1)
	if p.automatic {
		done <- Lift{}
		return done
	}
	go func() {
		err := p.see(rings)
		at := time.Now()
		if err == nil {
			err = p.Hook(hookOff)
		}
		done <- Lift{at, err}
	}()
	return done
}

func (p *own) Talking() error { return p.see(talks) }

func (p *own) Alone() error { return p.Client.Close() }

func (p *own) HangUp() error {
	if err := p.Attach(); err != nil {
		return err
	}
	return p.Hook(!hookOff)
}

func (p *own) PutBack() error {
	if err := p.see(ended); err != nil {
		return err
	}
	if p.automatic { // hands-free: lifted for a moment, it is free sooner than by itself
		if err := p.Hook(hookOff); err != nil {
			return err
		}
	}
	if err := p.Hook(!hookOff); err != nil {
		return err
	}
	return p.Ready()
}

// theirs is a baresip.
type theirs struct {
	*peers.Baresip
	automatic bool
}

func (p *theirs) Ready() error { return nil } // StartBaresip has waited for it

func (p *theirs) Dial(number string) error {
	_, err := p.Do("dial", "sip:"+number+"@"+p.Domain)
	return err
}

func (p *theirs) Answer() <-chan Lift {
	done := make(chan Lift, 1)
	if p.automatic {
		done <- Lift{}
		return done
	}
	go func() {
		if _, err := p.Await(Longest, "CALL_INCOMING"); err != nil {
			done <- Lift{Err: err}
			return
		}
		at := time.Now()
		_, err := p.Do("accept", "")
		done <- Lift{at, err}
	}()
	return done
}

func (p *theirs) Talking() error {
	_, err := p.Await(Longest, "CALL_ESTABLISHED")
	return err
}

func (p *theirs) Alone() error { return nil } // its control port is silent in a call

func (p *theirs) HangUp() error {
	_, err := p.Do("hangup", "")
	return err
}

func (p *theirs) PutBack() error {
	_, err := p.Await(Longest, "CALL_CLOSED")
	return err
}

// other is a linphonec. It answers by itself.
type other struct{ *peers.Linphone }

func (p *other) Ready() error { return nil } // StartLinphone has waited for it

func (p *other) Dial(number string) error { return p.Type("call sip:" + number + "@" + p.Domain) }

func (p *other) Answer() <-chan Lift {
	done := make(chan Lift, 1)
	done <- Lift{}
	return done
}

func (p *other) Talking() error { return p.Await(Longest, "to LinphoneCallStreamsRunning") }

func (p *other) Alone() error { return nil }

func (p *other) HangUp() error { return p.Type("terminate") }

func (p *other) PutBack() error { return p.Await(Longest, "to LinphoneCallReleased") }
