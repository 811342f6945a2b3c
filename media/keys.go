package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/dtmf"
	"github.com/offhook/offhook/media/tone"
)

// Times of a digit that is sent or heard as sound (ITU-T Q.24 wants 40 ms of each).
const (
	keyOn   = 100 * time.Millisecond // at least
	keyOff  = 60 * time.Millisecond
	keyMost = 30 * time.Second // a key that is stuck does not sound for ever
)

// press sends a digit into a leg, as was agreed, and lets its own ear hear it.
func (e *Engine) press(c SendDigit) {
	l, ok := e.legs[c.Leg]
	if !ok {
		return
	}
	sent := false
	switch {
	case !l.sends():
	case l.agreed.Digits == agreement.DigitsAsSignals && !c.Unsignalled:
		if _, sent = dtmf.Code(c.Digit); sent {
			e.tell(Signal{l.id, c.Digit})
		}
	case l.agreed.Digits != agreement.DigitsAsSound && l.agreed.EventType != 0:
		sent = l.digits.Press(c.Digit)
	default:
		sent = l.out.keys.press(c.Digit)
	}
	if !sent {
		l.stats.DigitsUnsent++
		e.cfg.Log.Warn("digit not sent", "leg", c.Leg, "sending", l.sends())
		return
	}
	if !c.Held {
		l.lift()
	}
	if c.Unsignalled { // it was counted, and heard
		return
	}
	l.stats.DigitsOut++
	if l == e.heard {
		e.key.Start(quiet(tone.DTMF(rune(c.Digit), 0, 0)))
		e.keyHeld, e.keyEnds = c.Held, e.now+keyOn
		if c.Held {
			e.keyEnds = e.now + keyMost
		}
	}
}

// lift ends the digit whose key is let go.
func (e *Engine) lift(c EndDigit) {
	if l, ok := e.legs[c.Leg]; ok {
		l.lift()
	}
	if e.keyHeld {
		e.keyHeld, e.keyEnds = false, max(e.now, e.keyEnds-keyMost+keyOn)
	}
}

// lift ends the digit that was pressed last.
func (l *leg) lift() {
	l.digits.Lift()
	if l.out != nil {
		l.out.keys.lift()
	}
}

// hushKey ends the sound of one's own digit in the ear.
func (e *Engine) hushKey() {
	if e.keyEnds > 0 && e.now >= e.keyEnds {
		e.key.Stop()
		e.keyHeld, e.keyEnds = false, 0
	}
}

// quiet is a digit as its own sender hears it.
func quiet(s tone.Spec) tone.Spec {
	s.Level = keyLevel
	return s
}

// keying sends digits as sound. They replace what is said, the pauses between them included.
type keying struct {
	gen   *tone.Generator
	rate  int
	queue [16]byte // digits that wait
	n     int
	held  bool // the key of the digit that came last is down

	busy    bool
	ringing bool // the digit sounds; else its pause
	open    bool // until its key is let go
	passed  int  // samples of it, or of its pause
}

func newKeying(rate int) *keying { return &keying{gen: tone.NewGenerator(rate), rate: rate} }

// press adds a digit, which sounds until lift. False: it is no digit, or too many wait.
func (k *keying) press(digit byte) bool {
	if _, ok := dtmf.Code(digit); !ok || k.n == len(k.queue) {
		return false
	}
	k.lift()
	k.queue[k.n] = digit
	k.n++
	k.held = true
	return true
}

// lift ends the digit that was pressed last.
func (k *keying) lift() {
	if k.held && k.n == 0 {
		k.open = false
	}
	k.held = false
}

// over replaces pcm with the digits that sound, if any do.
func (k *keying) over(pcm []int16) {
	for len(pcm) > 0 {
		if !k.busy {
			if k.n == 0 {
				return
			}
			k.begin()
		}
		n := min(len(pcm), k.left())
		k.gen.Read(pcm[:n])
		pcm = pcm[n:]
		if k.passed += n; k.left() > 0 {
			continue
		}
		if k.passed = 0; k.ringing {
			k.ringing = false
			k.gen.Stop()
		} else {
			k.busy = false
		}
	}
}

func (k *keying) begin() {
	k.gen.Start(tone.DTMF(rune(k.queue[0]), 0, 0))
	k.n--
	copy(k.queue[:], k.queue[1:k.n+1])
	k.busy, k.ringing, k.passed = true, true, 0
	k.open = k.held && k.n == 0
}

// left is how many samples there still are of the digit, or of its pause.
func (k *keying) left() int {
	d := keyOff
	switch {
	case k.ringing && k.open:
		d = keyMost
	case k.ringing:
		d = keyOn
	}
	return max(samples(k.rate, d)-k.passed, 0)
}
