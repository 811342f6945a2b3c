package trial

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/vcard"
)

// A Pair is two phones of one kind that call each other, and what they speak and hear.
type Pair struct {
	Kind   Kind
	Phones [2]Phone
	Mouths [2]Mouth
	Ears   [2]Ear
	// PPM is how much too fast the crystal of each one's card is.
	PPM [2]float64
}

// Start starts both phones with their files under dir; the second will be called. c is
// completed for each: its user, whether it answers, and its card. An Offhook does not answer
// by itself, which would be hands-free, with all that takes a loudspeaker's echo away: its
// handset is lifted, and the sound takes the way that the others' takes.
func (p *Pair) Start(dir string, c Config, server *peers.Kamailio, epoch vcard.Instant) error {
	for i := range p.Phones {
		home := filepath.Join(dir, fmt.Sprintf("%s-%s-%d", strings.ToLower(c.Codec.Name), p.Kind.Flag(), i))
		env, err := p.Ears[i].Open(filepath.Join(home, "card"), p.Mouths[i], epoch, p.PPM[i])
		if err != nil {
			return err
		}
		c.User, c.Answers, c.Env = p.Number(i), i == 1 && p.Kind != Offhook, env
		c.Domain, c.Proxy = server.Domain, server.Addr
		if p.Phones[i], err = Start(home, p.Kind, c); err != nil {
			return err
		}
	}
	return nil
}

// Number is that of phone i.
func (p *Pair) Number(i int) string { return fmt.Sprintf("2%d%d", int(p.Kind), i+1) }

// Connect is the call, until both talk.
func (p *Pair) Connect() error {
	for _, x := range p.Phones {
		if err := x.Ready(); err != nil {
			return fmt.Errorf("%w\n%s", err, x.Log())
		}
	}
	lifted := p.Phones[1].Answer()
	if err := p.Phones[0].Dial(p.Number(1)); err != nil {
		return err
	}
	if up := <-lifted; up.Err != nil {
		return up.Err
	}
	for _, x := range p.Phones {
		if err := x.Talking(); err != nil {
			return fmt.Errorf("%w\n%s", err, x.Log())
		}
	}
	return nil
}

// Alone lets go of whatever watches the phones.
func (p *Pair) Alone() error {
	for _, x := range p.Phones {
		if err := x.Alone(); err != nil {
			return err
		}
	}
	return nil
}

// Usage is what each phone has used so far.
func (p *Pair) Usage() (both [2]Usage, err error) {
	for i, x := range p.Phones {
		if both[i], err = ReadUsage(x.PID()); err != nil {
			return both, fmt.Errorf("%w\n%s", err, x.Log())
		}
	}
	return both, nil
}

// HangUp ends the call at the end that began it; a phone that is gone by now has failed.
func (p *Pair) HangUp() error {
	if err := p.Phones[0].HangUp(); err != nil {
		return fmt.Errorf("%w\n%s", err, p.Phones[0].Log())
	}
	time.Sleep(200 * time.Millisecond) // the BYE, and the cards stop
	return nil
}

// Stop ends both phones.
func (p *Pair) Stop() {
	for _, x := range p.Phones {
		if x != nil {
			x.Stop()
		}
	}
}

// Begin connects all pairs, one after the other, and then leaves each to its call.
func Begin(pairs []*Pair) error {
	for _, step := range []func(*Pair) error{(*Pair).Connect, (*Pair).Alone} {
		for _, p := range pairs {
			if err := step(p); err != nil {
				return fmt.Errorf("%s: %w", p.Kind, err)
			}
		}
	}
	return nil
}
