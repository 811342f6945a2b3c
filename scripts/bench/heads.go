package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/speech"
	"github.com/offhook/offhook/scripts/vcard"
)

// A mouth is what a microphone hears, over and over.
type mouth struct {
	said measure.Signal
	pcm  string // "%d" stands for the rate
}

// An ear is what a virtual card played, and its log.
type ear struct{ pcm, log string }

const (
	spoken = 24 * time.Second // how much a mouth says before it begins anew: all of either voice
	full   = 48000            // Hz, of what is compared
)

// speak makes both mouths, with their files in dir.
func speak(dir string) (mouths [2]mouth, err error) {
	for i, v := range []speech.Voice{speech.Anna, speech.Bob} {
		s, err := speech.Say(v)
		if err != nil {
			return mouths, err
		}
		m := mouth{pcm: filepath.Join(dir, fmt.Sprintf("mouth%d-%%d.raw", i))}
		if err := speech.Save(m.pcm, s, spoken, vcard.Rates...); err != nil {
			return mouths, err
		}
		if m.said, err = measure.Load(strings.ReplaceAll(m.pcm, "%d", fmt.Sprint(full)), full); err != nil {
			return mouths, err
		}
		mouths[i] = m
	}
	return mouths, nil
}

// open sets up a card in dir, with m at its microphone.
func (e *ear) open(dir string, m mouth, epoch vcard.Instant) (env []string, err error) {
	e.pcm, e.log = filepath.Join(dir, "ear%d.raw"), filepath.Join(dir, "card.log")
	return vcard.Setup(dir, vcard.Config{In: m.pcm, Out: e.pcm, Log: e.log, Epoch: epoch})
}

// listen judges what each ear heard between from and to of what the other mouth said.
func (p *pair) listen(f *figures, from, to time.Duration) error {
	for i, e := range p.ears {
		events, err := vcard.Events(e.log)
		if err != nil {
			return err
		}
		card, ok := cardOf(events)
		if !ok {
			return errors.New("a phone opened no card")
		}
		f.cards = append(f.cards, card)
		f.xruns += xrunsWithin(events, from, to)
		heard, err := measure.Load(strings.ReplaceAll(e.pcm, "%d", fmt.Sprint(card.rate)), card.rate)
		if err != nil {
			return err
		}
		f.reports = append(f.reports, measure.Compare(p.mouths[1-i].said, heard, measure.Options{
			Loop: true, Max: time.Second, From: from, To: min(to, heard.Duration()),
		}))
	}
	return nil
}

// A card is how a phone has opened its virtual card for playing, by its own choice.
type card struct {
	rate           int // Hz
	period, buffer int // frames
	record         int // frames of its buffer for recording
}

// cardOf is how the card was opened last, for playing; false: never.
func cardOf(events []vcard.Event) (c card, ok bool) {
	for _, e := range events {
		switch {
		case e.What != "open":
		case e.Stream == "play":
			c.rate, c.period, c.buffer, ok = e.Rate, e.Period, e.Buffer, true
		case e.Stream == "record":
			c.record = e.Buffer
		}
	}
	return c, ok
}

func xrunsWithin(events []vcard.Event, from, to time.Duration) (n int) {
	for _, e := range events {
		if e.What == "xrun" && e.At >= from && e.At < to {
			n++
		}
	}
	return n
}
