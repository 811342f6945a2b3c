package trial

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

// A Mouth is what a microphone hears, over and over.
type Mouth struct {
	Said measure.Signal
	PCM  string // "%d" stands for the rate
}

// An Ear is what a virtual card played, and its log.
type Ear struct{ PCM, Log string }

const (
	spoken = 24 * time.Second // how much a mouth says before it begins anew: all of either voice
	full   = 48000            // Hz, of what is compared
)

// Speak makes both mouths, with their files in dir.
func Speak(dir string) (mouths [2]Mouth, err error) {
	for i, v := range []speech.Voice{speech.Anna, speech.Bob} {
		s, err := speech.Say(v)
		if err != nil {
			return mouths, err
		}
		m := Mouth{PCM: filepath.Join(dir, fmt.Sprintf("mouth%d-%%d.raw", i))}
		if err := speech.Save(m.PCM, s, spoken, vcard.Rates...); err != nil {
			return mouths, err
		}
		if m.Said, err = measure.Load(strings.ReplaceAll(m.PCM, "%d", fmt.Sprint(full)), full); err != nil {
			return mouths, err
		}
		mouths[i] = m
	}
	return mouths, nil
}

// Open sets up a card in dir, with m at its microphone; its crystal is ppm
// parts per million fast.
func (e *Ear) Open(dir string, m Mouth, epoch vcard.Instant, ppm float64) (env []string, err error) {
	e.PCM, e.Log = filepath.Join(dir, "ear%d.raw"), filepath.Join(dir, "card.log")
	return vcard.Setup(dir, vcard.Config{In: m.PCM, Out: e.PCM, Log: e.Log, Epoch: epoch, PPM: ppm})
}

// Heard is all that the ear got at the rate at which the card was open at the instant at, on
// the cards' time line; a phone may open it at another rate for a tone afterwards.
func (e Ear) Heard(at time.Duration) (heard measure.Signal, c Card, events []vcard.Event, err error) {
	if events, err = vcard.Events(e.Log); err != nil {
		return heard, c, nil, err
	}
	var until []vcard.Event
	for _, event := range events {
		if event.At <= at {
			until = append(until, event)
		}
	}
	c, ok := CardOf(until)
	if !ok {
		return heard, c, nil, errors.New("a phone opened no card")
	}
	heard, err = measure.Load(strings.ReplaceAll(e.PCM, "%d", fmt.Sprint(c.Rate)), c.Rate)
	return heard, c, events, err
}

// A Card is how a phone has opened its virtual card for playing, by its own choice.
type Card struct {
	Rate           int // Hz
	Period, Buffer int // frames
	Record         int // frames of its buffer for recording
}

// CardOf is how the card was opened last, for playing; false: never.
func CardOf(events []vcard.Event) (c Card, ok bool) {
	for _, e := range events {
		switch {
		case e.What != "open":
		case e.Stream == "play":
			c.Rate, c.Period, c.Buffer, ok = e.Rate, e.Period, e.Buffer, true
		case e.Stream == "record":
			c.Record = e.Buffer
		}
	}
	return c, ok
}

// OpenedWithin counts how often the card was opened for playing from from to to: in a call,
// because a program had given it up.
func OpenedWithin(events []vcard.Event, from, to time.Duration) (n int) {
	for _, e := range events {
		if e.What == "open" && e.Stream == "play" && e.At >= from && e.At < to {
			n++
		}
	}
	return n
}

// XrunsWithin counts the xruns from from to to.
func XrunsWithin(events []vcard.Event, from, to time.Duration) (n int) {
	for _, e := range events {
		if e.What == "xrun" && e.At >= from && e.At < to {
			n++
		}
	}
	return n
}
