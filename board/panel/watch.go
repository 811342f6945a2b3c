package panel

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// watch calls seen with the state now and with each one after, until stop is called. seen
// must not block, nor call the client.
func (c *Client) watch(seen func(State)) (stop func(), err error) {
	c.mu.Lock()
	first := c.have == nil
	if first {
		c.have = make(chan struct{})
	}
	have := c.have
	c.mu.Unlock()
	if first {
		if err := c.do(Request{Do: DoSubscribe}); err != nil {
			return nil, err
		}
	}
	select {
	case <-have:
	case <-c.ended:
		return nil, ErrGone
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastW++
	n := c.lastW
	c.watchers[n] = seen
	seen(c.now)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, n)
	}, nil
}

// Subscribe sends the state now and the latest one after each change. A reader that is
// slower misses states between. The channel is closed when ctx or the connection ends.
func (c *Client) Subscribe(ctx context.Context) (<-chan State, error) {
	latest := make(chan State, 1)
	stop, err := c.watch(func(s State) {
		select {
		case <-latest:
		default:
		}
		latest <- s
	})
	if err != nil {
		return nil, err
	}
	go func() {
		select {
		case <-ctx.Done():
		case <-c.ended:
		}
		stop()
		close(latest)
	}()
	return latest, nil
}

// Wait waits until the display's rows, one a line, match re, and returns them. No frame is
// missed. ErrTimeout says what the display shows instead.
func (c *Client) Wait(re *regexp.Regexp, timeout time.Duration) (LCD, error) {
	found := make(chan LCD, 1)
	var last LCD
	stop, err := c.watch(func(s State) {
		last = s.LCD
		if re.MatchString(s.LCD.String()) {
			select {
			case found <- s.LCD:
			default:
			}
		}
	})
	if err != nil {
		return LCD{}, err
	}
	late := time.NewTimer(timeout)
	defer late.Stop()
	err = nil
	select {
	case l := <-found:
		stop()
		return l, nil
	case <-c.ended:
		err = ErrGone
	case <-late.C:
		err = ErrTimeout
	}
	stop()
	return last, fmt.Errorf("panel: wait %v for %q: %w; the display shows\n%s", timeout, re, err, last)
}
