package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/offhook/offhook/scripts/impair"
	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/trial"
	"github.com/offhook/offhook/scripts/vcard"
)

const (
	settle = 3 * time.Second  // from the answer until the window begins: playout finds its delay
	after  = 12 * time.Second // how long the calm is listened to
	// longest is the delay from mouth to ear up to which a word is looked for: linphone has
	// been seen at 0.8 s.
	longest = 2 * time.Second
)

// A call is one case in one codec, all kinds at the same time.
type call struct {
	circumstance
	codec  trial.Codec
	lasted time.Duration // of the window that was measured
	pairs  [len(trial.Kinds)]figures
	others float64 // share of all CPUs that was busy with something else
	lost   float64 // share of the packets that the network lost
}

// figures are what a pair of phones of one kind did in one call.
type figures struct {
	uses   [2]trial.Usage     // of the window
	ears   [2]measure.Verdict // of the window
	calm   [2]measure.Track   // of what came after it, where the case has a calm
	from   time.Duration      // when the window began, on the cards' clock
	xruns  int
	opened int // how often a phone opened its card anew
}

// runCase measures one case.
func runCase(ctx context.Context, o options, c circumstance, codec trial.Codec, mouths [2]trial.Mouth) (one call, err error) {
	one.circumstance, one.codec = c, codec
	network, err := c.net(o.traces, o.seed)
	if err != nil {
		return one, err
	}
	relay, err := impair.Start(network)
	if err != nil {
		return one, err
	}
	defer relay.Stop()
	server, err := peers.StartKamailio(peers.Registrar{Media: relay.Addr})
	if err != nil {
		return one, err
	}
	defer server.Stop()
	epoch := vcard.Now()
	var pairs [len(trial.Kinds)]*trial.Pair
	for i, k := range trial.Kinds {
		p := &trial.Pair{Kind: k, Mouths: mouths, PPM: c.ppm}
		pairs[i] = p
		defer p.Stop()
		dir := filepath.Join(o.keep, c.name)
		if err := p.Start(dir, trial.Config{Binary: o.offhook, Codec: codec, Nice: o.nice}, server, epoch); err != nil {
			return one, fmt.Errorf("%s: %w", k, err)
		}
	}
	if err := trial.Begin(pairs[:]); err != nil {
		return one, err
	}
	if err := rest(ctx, settle); err != nil {
		return one, err
	}
	from, to, err := one.window(ctx, time.Duration(o.seconds)*time.Second, pairs[:], epoch)
	if err != nil {
		return one, err
	}
	passed, lost := relay.Counts()
	one.lost = float64(lost[0]+lost[1]) / float64(max(1, passed[0]+passed[1]+lost[0]+lost[1]))
	end := to
	if c.calm {
		relay.Set(impair.Network{})
		if err := rest(ctx, after); err != nil {
			return one, err
		}
		end = time.Duration(vcard.Now() - epoch)
	}
	for _, p := range pairs {
		if err := p.HangUp(); err != nil {
			return one, fmt.Errorf("%s: %w", p.Kind, err)
		}
	}
	return one, one.listen(ctx, pairs[:], from, to, end)
}

// window lets d pass, and reads what the phones use in it.
func (one *call) window(ctx context.Context, d time.Duration, pairs []*trial.Pair, epoch vcard.Instant) (from, to time.Duration, err error) {
	busy, err := trial.ReadLoad()
	if err != nil {
		return 0, 0, err
	}
	begun := vcard.Now()
	var before [len(trial.Kinds)][2]trial.Usage
	for i, p := range pairs {
		if before[i], err = p.Usage(); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", p.Kind, err)
		}
	}
	if err := rest(ctx, d); err != nil {
		return 0, 0, err
	}
	var spent time.Duration
	for i, p := range pairs {
		now, err := p.Usage()
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", p.Kind, err)
		}
		for k := range now {
			one.pairs[i].uses[k] = now[k].Since(before[i][k])
			spent += one.pairs[i].uses[k].CPU
		}
	}
	ended := vcard.Now()
	now, err := trial.ReadLoad()
	if err != nil {
		return 0, 0, err
	}
	one.lasted, one.others = time.Duration(ended-begun), now.Others(busy, spent)
	return time.Duration(begun - epoch), time.Duration(ended - epoch), nil
}

// listen judges what each ear heard from from to to of what the other mouth said, and
// follows it to end. Two ears at a time.
func (one *call) listen(ctx context.Context, pairs []*trial.Pair, from, to, end time.Duration) error {
	var done sync.WaitGroup
	for i, p := range pairs {
		f := &one.pairs[i]
		f.from = from
		for k := range p.Ears {
			heard, _, events, err := p.Ears[k].Heard(to)
			if err != nil {
				return fmt.Errorf("%s: %w", p.Kind, err)
			}
			f.xruns += trial.XrunsWithin(events, from, to)
			f.opened += trial.OpenedWithin(events, from, to)
			done.Go(func() {
				o := measure.Options{Loop: true, Max: longest, From: from, To: min(to, heard.Duration())}
				said := p.Mouths[1-k].Said
				f.ears[k] = measure.Judge(said, heard, o)
				if one.calm {
					o.From, o.To = to, min(end, heard.Duration())
					f.calm[k] = measure.Follow(said, heard, o)
				}
			})
		}
		done.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// rest lets d pass, unless ctx ends before.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
