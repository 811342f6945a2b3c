package panel

import (
	"context"
	"strings"
	"time"

	"github.com/offhook/offhook/hal"
)

// An action is one thing that a key of the terminal does to the phone.
type action struct {
	key  hal.Key // tapped; 0: the others
	hook bool    // moves the hook switch to off
	off  bool
	stop func() // called when all before it are done
}

// tapShort is how long a key stays down at least when the next one waits already.
const tapShort = tapTime / 2

// work does one action after the other. A key of a terminal has no release, so it goes up
// after tapTime, or when the next one comes.
func work(ctx context.Context, c *Client, actions <-chan action, say func(string)) {
	var next *action
	for {
		var a action
		if next != nil {
			a, next = *next, nil
		} else {
			select {
			case a = <-actions:
			case <-ctx.Done():
				return
			}
		}
		var err error
		switch {
		case a.stop != nil:
			a.stop()
		case a.key == flashKey:
			err = c.Flash(0)
		case a.hook:
			err = c.Hook(a.off)
		default:
			if err = c.Press(a.key); err == nil {
				next = hold(ctx, actions)
				err = c.Release(a.key)
			}
		}
		if err != nil {
			say(strings.TrimPrefix(err.Error(), "panel: "))
		}
	}
}

// flashKey stands for a hook flash among the keys.
const flashKey hal.Key = 'f'

// hold keeps a key down for its time and returns the action that came meanwhile.
func hold(ctx context.Context, actions <-chan action) *action {
	pause := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	pause(tapShort)
	select {
	case a := <-actions:
		return &a
	case <-time.After(tapTime - tapShort):
	case <-ctx.Done():
	}
	return nil
}
