package sip

import (
	"context"

	"github.com/offhook/offhook/media/agreement"
)

// tell emits an event after everything that media was asked before it, and after job.
func (c *call) tell(job func(), event func() Event) {
	c.running++
	c.sound.do(func() {
		if job != nil {
			job()
		}
		c.a.post(func() {
			c.running--
			if event != nil {
				if e := event(); e != nil {
					c.a.pump.put(e)
				}
			}
			c.settle()
		})
	})
}

// reserve asks media for ports and hands the result to then, on the loop.
func (c *call) reserve(then func(error)) {
	var leg agreement.Leg
	var local agreement.Local
	var err error
	needs := c.needs()
	c.running++
	c.sound.do(func() {
		ctx, cancel := context.WithTimeout(c.a.ctx, reserveWithin)
		defer cancel()
		leg, local, err = c.a.media.Reserve(ctx, needs)
		posted := c.a.post(func() {
			c.running--
			if err == nil {
				c.leg, c.local, c.reserved = leg, local, true
				if c.over {
					c.release(nil)
				}
			}
			then(err)
			c.settle()
		})
		if !posted && err == nil {
			c.a.media.Release(leg)
		}
	})
}

// release gives the leg back, then emits.
func (c *call) release(event func() Event) {
	var job func()
	var f agreement.Figures
	reports := c.reserved && c.reports()
	if c.reserved {
		c.reserved = false
		leg := c.leg
		job = func() {
			if reports {
				f, _ = c.a.media.Figures(leg)
			}
			c.a.media.Release(leg)
		}
	}
	c.unanswered++
	c.tell(job, func() Event {
		c.unanswered--
		if reports {
			c.report(f, false)
		}
		if event == nil {
			return nil
		}
		return event()
	})
}

// apply sets what was agreed, unless the ports were given back, and emits after it.
func (c *call) apply(tag string, agreed agreement.Agreed, event func() Event) {
	if !c.reserved {
		c.tell(nil, event)
		return
	}
	leg := c.leg
	agreed.Digits = c.digits(agreed)
	c.tell(func() {
		if err := c.a.media.Apply(leg, tag, agreed); err != nil {
			c.a.log.Warn("media not applied", "call", c.id, "error", err)
		}
	}, event)
}
