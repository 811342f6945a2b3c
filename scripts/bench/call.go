package main

import (
	"context"
	"fmt"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/trial"
	"github.com/offhook/offhook/scripts/vcard"
)

// A call is one codec, both kinds at the same time.
type call struct {
	codec  trial.Codec
	lasted time.Duration // of the window that was measured
	pairs  [len(kinds)]figures
	others float64 // share of all CPUs that was busy with something else
}

// settle is how long after the answer before the window begins: playout finds its delay.
const settle = 3 * time.Second

// runCall lets two phones of each kind talk at the same time and measures them.
func runCall(ctx context.Context, o options, c trial.Codec, mouths [2]trial.Mouth) (one call, err error) {
	one.codec = c
	server, err := peers.StartKamailio(peers.Registrar{})
	if err != nil {
		return one, err
	}
	defer server.Stop()
	epoch := vcard.Now()
	var pairs [len(kinds)]*trial.Pair
	for _, k := range kinds {
		p := &trial.Pair{Kind: k, Mouths: mouths}
		pairs[k] = p
		defer p.Stop()
		if err := p.Start(o.keep, trial.Config{Binary: o.offhook, Codec: c, Nice: o.nice, Period: o.period}, server, epoch); err != nil {
			return one, fmt.Errorf("%s: %w", k, err)
		}
	}
	if err := trial.Begin(pairs[:]); err != nil {
		return one, err
	}
	if err := rest(ctx, settle); err != nil {
		return one, err
	}
	var before, after [len(kinds)][2]trial.Usage
	busy, err := trial.ReadLoad()
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
	now, err := trial.ReadLoad()
	if err != nil {
		return one, err
	}
	one.lasted = time.Duration(ended - begun)
	var spent time.Duration
	for k, p := range pairs {
		if err := p.HangUp(); err != nil {
			return one, fmt.Errorf("%s: %w", p.Kind, err)
		}
		f := &one.pairs[k]
		for i := range p.Phones {
			u := after[k][i].Since(before[k][i])
			spent += u.CPU
			f.uses = append(f.uses, u)
		}
		if err := f.listen(p, time.Duration(begun-epoch), time.Duration(ended-epoch)); err != nil {
			return one, fmt.Errorf("%s: %w", p.Kind, err)
		}
	}
	one.others = now.Others(busy, spent)
	return one, nil
}

// readAll reads what each phone has used, one right after the other.
func readAll(pairs [len(kinds)]*trial.Pair, to *[len(kinds)][2]trial.Usage) (err error) {
	for k, p := range pairs {
		if to[k], err = p.Usage(); err != nil {
			return fmt.Errorf("%s: %w", p.Kind, err)
		}
	}
	return nil
}

// listen judges what each ear heard between from and to of what the other mouth said.
func (f *figures) listen(p *trial.Pair, from, to time.Duration) error {
	for i, e := range p.Ears {
		heard, card, events, err := e.Heard(to)
		if err != nil {
			return err
		}
		f.cards = append(f.cards, card)
		f.xruns += trial.XrunsWithin(events, from, to)
		f.reports = append(f.reports, measure.Compare(p.Mouths[1-i].Said, heard, measure.Options{
			Loop: true, Max: time.Second, From: from, To: min(to, heard.Duration()),
		}))
	}
	return nil
}
