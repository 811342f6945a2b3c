package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/vcard"
)

// A call is one codec, both kinds at the same time.
type call struct {
	codec  codec
	lasted time.Duration // of the window that was measured
	pairs  [len(kinds)]figures
	others float64 // share of all CPUs that was busy with something else
}

// settle is how long after the answer before the window begins: playout finds its delay.
const settle = 3 * time.Second

// A pair is two phones of one kind that call each other, and what they speak and hear.
type pair struct {
	kind   kind
	phones [2]phone
	mouths [2]mouth
	ears   [2]ear
}

// runCall lets two phones of each kind talk at the same time and measures them.
func runCall(ctx context.Context, o options, c codec, mouths [2]mouth) (one call, err error) {
	one.codec = c
	server, err := peers.StartKamailio(peers.Registrar{})
	if err != nil {
		return one, err
	}
	defer server.Stop()
	epoch := vcard.Now()
	var pairs [len(kinds)]*pair
	for _, k := range kinds {
		p := &pair{kind: k, mouths: mouths}
		pairs[k] = p
		defer p.stop()
		if err := p.start(o, c, server, epoch); err != nil {
			return one, fmt.Errorf("%s: %w", k, err)
		}
	}
	for _, p := range pairs {
		if err := p.connect(); err != nil {
			return one, fmt.Errorf("%s: %w", p.kind, err)
		}
	}
	for _, p := range pairs {
		for _, x := range p.phones {
			if err := x.alone(); err != nil {
				return one, fmt.Errorf("%s: %w", p.kind, err)
			}
		}
	}
	if err := rest(ctx, settle); err != nil {
		return one, err
	}
	var before, after [len(kinds)][2]usage
	busy, err := readLoad()
	if err != nil {
		return one, err
	}
	begun := vcard.Now()
	if err := readAll(pairs, &before); err != nil {
		return one, err
	}
	if err := rest(ctx, time.Duration(o.seconds)*time.Second); err != nil {
		return one, err
	}
	err = readAll(pairs, &after)
	ended := vcard.Now()
	if err != nil {
		return one, err
	}
	now, err := readLoad()
	if err != nil {
		return one, err
	}
	one.lasted = time.Duration(ended - begun)
	var spent time.Duration
	for k, p := range pairs {
		if err := p.hangUp(); err != nil {
			return one, fmt.Errorf("%s: %w", p.kind, err)
		}
		f := &one.pairs[k]
		for i := range p.phones {
			u := after[k][i].since(before[k][i])
			spent += u.cpu
			f.uses = append(f.uses, u)
		}
		if err := p.listen(f, time.Duration(begun-epoch), time.Duration(ended-epoch)); err != nil {
			return one, fmt.Errorf("%s: %w", p.kind, err)
		}
	}
	one.others = now.others(busy, spent)
	return one, nil
}

// readAll reads what each phone has used, one right after the other.
func readAll(pairs [len(kinds)]*pair, to *[len(kinds)][2]usage) (err error) {
	for k, p := range pairs {
		for i, x := range p.phones {
			if to[k][i], err = readUsage(x.PID()); err != nil {
				return fmt.Errorf("%s: %w\n%s", p.kind, err, x.Log())
			}
		}
	}
	return nil
}

// start starts the two phones of p; the second will be called.
func (p *pair) start(o options, c codec, server *peers.Kamailio, epoch vcard.Instant) (err error) {
	for i := range p.phones {
		dir := filepath.Join(o.keep, fmt.Sprintf("%s-%s-%d", strings.ToLower(c.name), p.kind.flag(), i))
		env, err := p.ears[i].open(filepath.Join(dir, "card"), p.mouths[i], epoch)
		if err != nil {
			return err
		}
		p.phones[i], err = startPhone(dir, p.kind, phoneConfig{
			offhook: o.offhook, user: p.number(i), domain: server.Domain, proxy: server.Addr,
			codec: c, answers: i == 1, env: env, nice: o.nice,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pair) number(i int) string { return fmt.Sprintf("2%d%d", int(p.kind), i+1) }

// connect is the call, until both talk.
func (p *pair) connect() error {
	for _, x := range p.phones {
		if err := x.ready(); err != nil {
			return fmt.Errorf("%w\n%s", err, x.Log())
		}
	}
	lifted := p.phones[1].answer()
	if err := p.phones[0].dial(p.number(1)); err != nil {
		return err
	}
	if up := <-lifted; up.err != nil {
		return up.err
	}
	for _, x := range p.phones {
		if err := x.talking(); err != nil {
			return fmt.Errorf("%w\n%s", err, x.Log())
		}
	}
	return nil
}

// hangUp ends the call at the end that began it; a phone that is gone by now has failed.
func (p *pair) hangUp() error {
	if err := p.phones[0].hangUp(); err != nil {
		return fmt.Errorf("%w\n%s", err, p.phones[0].Log())
	}
	time.Sleep(200 * time.Millisecond) // the BYE, and the cards stop
	return nil
}

func (p *pair) stop() {
	for _, x := range p.phones {
		if x != nil {
			x.Stop()
		}
	}
}
