package media

import (
	"context"
	"errors"
	"time"

	"github.com/offhook/offhook/media/audio"
)

// Run makes sound until ctx ends; then it releases every leg, closes the cards and
// returns nil once all is closed. Call it once.
func (e *Engine) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, e.Wake)
	defer stop()
	e.spawn(e.ports.Prepare)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		rest := e.step(time.Since(e.start))
		e.pause(ctx, timer, rest)
	}
	e.shut()
	return nil
}

// forever is step's answer when there is nothing to do until somebody calls.
const forever = time.Duration(-1)

// cardWait bounds the wait for a card that may have stopped without a word. Each time the bound is
// moved on, a timer of the runtime ends in vain, which costs four or five wake-ups.
const cardWait = time.Second

// pause waits for the card's clock, for the timer, or for Wake.
//
// A call of Wake leaves its token first and looks for a card second; here the card is
// shown first and the token looked for second. So one of the two always sees the other.
func (e *Engine) pause(ctx context.Context, timer *time.Timer, rest time.Duration) {
	card := e.voice.card // the loop's own: nobody else changes it
	if card == nil {
		e.asleep.Store(nil)
		var due <-chan time.Time
		if rest != forever {
			timer.Reset(rest)
			due = timer.C
		}
		select {
		case <-e.token:
		case <-due:
		case <-ctx.Done():
		}
		return
	}
	if p := e.asleep.Load(); p == nil || *p != card {
		shown := card // on the heap, unlike card
		e.asleep.Store(&shown)
	}
	select {
	case <-e.token:
		return
	default:
	}
	err := card.Wait(cardWait)
	if err == nil || errors.Is(err, audio.ErrTimeout) {
		return
	}
	e.mu.Lock()
	e.voice.lost(err, time.Since(e.start))
	e.mu.Unlock()
}

// shut ends everything.
func (e *Engine) shut() {
	e.mu.Lock()
	e.stopped = true
	for len(e.order) > 0 {
		e.drop(e.order[0])
	}
	e.asleep.Store(nil)
	e.mu.Unlock()
	e.group.Wait()
	e.ports.Close()
	e.cleaner.close()
	for _, d := range e.own {
		select {
		case r := <-d.done: // opened while we stopped
			if r.card != nil {
				r.card.Close()
			}
		default:
		}
		if d.card != nil {
			d.card.Close()
			d.card = nil
		}
	}
}
