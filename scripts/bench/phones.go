package main

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"syscall"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// A kind is one of the programs that are compared.
type kind int

const (
	offhook kind = iota
	baresip
	linphone
)

// kinds are those whose calls are measured, hurried those that are started and called.
var (
	kinds   = [...]kind{offhook, baresip}
	hurried = [...]kind{offhook, baresip, linphone}
)

func (k kind) String() string { return [...]string{"Offhook", "baresip", "linphone"}[k] }
func (k kind) flag() string   { return [...]string{"offhook", "baresip", "linphone"}[k] }

// A codec is one of the two that calls are made in, as each program names it.
type codec struct {
	name string
	of   [len(kinds)]string
}

var codecs = []codec{
	{"G.711", [...]string{"pcmu", "PCMU"}},
	{"Opus", [...]string{"opus", "opus/48000/1"}},
}

// A phone is a running one of either kind.
type phone interface {
	PID() int
	Begun() time.Time // the process was started
	Log() string
	Stop()
	// ready returns when it shows that it can be called.
	ready() error
	// dial begins a call.
	dial(number string) error
	// answer takes the next call as soon as the phone rings; it may take it by itself.
	answer() <-chan lift
	// talking returns when the call is answered.
	talking() error
	// alone lets go of whatever watches the phone, which costs it: nobody watches a phone
	// while it is measured. hangUp takes hold again.
	alone() error
	hangUp() error
	// putBack ends, on this side, a call that the far end has ended.
	putBack() error
}

// A lift is when the handset was lifted by hand; zero where the phone answers by itself.
type lift struct {
	at  time.Time
	err error
}

// A phoneConfig is what both kinds are told; all else is as they come.
type phoneConfig struct {
	offhook string // the binary
	user    string
	domain  string
	proxy   netip.AddrPort
	codec   codec
	answers bool // by itself, where it can
	env     []string
	nice    int
}

// longest is how long anything may take that a phone is asked for.
const longest = 8 * time.Second

// startPhone starts one with its files in dir and returns once it takes orders.
func startPhone(dir string, k kind, c phoneConfig) (phone, error) {
	p, err := launch(dir, k, c)
	if err != nil || c.nice == 0 {
		return p, err
	}
	// Each phone is a process group of its own: this reaches all of its threads.
	if err := syscall.Setpriority(syscall.PRIO_PGRP, p.PID(), c.nice); err != nil {
		p.Stop()
		return nil, fmt.Errorf("priority %d: %w", c.nice, err)
	}
	return p, nil
}

func launch(dir string, k kind, c phoneConfig) (phone, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if k == linphone {
		l, err := peers.StartLinphone(dir, peers.Account{
			User: c.user, Domain: c.domain, Password: peers.Password(c.user), Proxy: c.proxy,
			Register: true, AutoAnswer: c.answers, Env: c.env,
		})
		if err != nil {
			return nil, err
		}
		return &other{l}, nil
	}
	if k == baresip {
		b, err := peers.StartBaresip(dir, peers.Account{
			User: c.user, Domain: c.domain, Password: peers.Password(c.user), Proxy: c.proxy,
			Register: true, AutoAnswer: c.answers, Codecs: c.codec.of[k], Env: c.env,
		})
		if err != nil {
			return nil, err
		}
		return &theirs{Baresip: b, automatic: c.answers}, nil
	}
	port, err := peers.FreePort()
	if err != nil {
		return nil, err
	}
	p, err := peers.StartOffhook(dir, peers.Phone{
		Binary: c.offhook, Name: c.user, User: c.user, Password: peers.Password(c.user), Domain: c.domain,
		Proxy: c.proxy.String(), Codecs: []string{c.codec.of[k]}, RTPPorts: fmt.Sprintf("%d-%d", port, port+98), Env: c.env,
		Auto: c.answers,
	})
	if err != nil {
		return nil, err
	}
	return &own{p, c.answers}, nil
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
	if lcd, err := p.Wait(what, longest); err != nil {
		return fmt.Errorf("the display never says %q: %w\n%s", what, err, lcd)
	}
	return nil
}

func (p *own) ready() error { return p.see(idle) }

func (p *own) dial(number string) error {
	if err := p.Hook(hookOff); err != nil {
		return err
	}
	time.Sleep(pause)
	return p.Tap(number + "#")
}

func (p *own) answer() <-chan lift {
	done := make(chan lift, 1)
	if p.automatic {
		done <- lift{}
		return done
	}
	go func() {
		err := p.see(rings)
		at := time.Now()
		if err == nil {
			err = p.Hook(hookOff)
		}
		done <- lift{at, err}
	}()
	return done
}

func (p *own) talking() error { return p.see(talks) }

func (p *own) alone() error { return p.Client.Close() }

func (p *own) hangUp() error {
	if err := p.Attach(); err != nil {
		return err
	}
	return p.Hook(!hookOff)
}

func (p *own) putBack() error {
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
	return p.ready()
}

// theirs is a baresip.
type theirs struct {
	*peers.Baresip
	automatic bool
}

func (p *theirs) ready() error { return nil } // StartBaresip has waited for it

func (p *theirs) dial(number string) error {
	_, err := p.Do("dial", "sip:"+number+"@"+p.Domain)
	return err
}

func (p *theirs) answer() <-chan lift {
	done := make(chan lift, 1)
	if p.automatic {
		done <- lift{}
		return done
	}
	go func() {
		if _, err := p.Await(longest, "CALL_INCOMING"); err != nil {
			done <- lift{err: err}
			return
		}
		at := time.Now()
		_, err := p.Do("accept", "")
		done <- lift{at, err}
	}()
	return done
}

func (p *theirs) talking() error {
	_, err := p.Await(longest, "CALL_ESTABLISHED")
	return err
}

func (p *theirs) alone() error { return nil } // its control port is silent in a call

func (p *theirs) hangUp() error {
	_, err := p.Do("hangup", "")
	return err
}

func (p *theirs) putBack() error {
	_, err := p.Await(longest, "CALL_CLOSED")
	return err
}

// other is a linphonec, which is only started and called: it answers by itself.
type other struct{ *peers.Linphone }

func (p *other) ready() error { return nil } // StartLinphone has waited for it

func (p *other) dial(number string) error { return p.Type("call sip:" + number + "@" + p.Domain) }

func (p *other) answer() <-chan lift {
	done := make(chan lift, 1)
	done <- lift{}
	return done
}

func (p *other) talking() error { return p.Await(longest, "to LinphoneCallStreamsRunning") }

func (p *other) alone() error { return nil }

func (p *other) hangUp() error { return p.Type("terminate") }

func (p *other) putBack() error { return p.Await(longest, "to LinphoneCallReleased") }
