package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/syntax"
)

type (
	// SendDigit sends a DTMF digit of a leg in its dialog (INFO), one after the other. Media
	// asks for it, where Agreed.Digits says so.
	SendDigit struct {
		Leg   agreement.Leg
		Digit byte
	}
	// Pressed is a DTMF digit that the far end sent in the dialog.
	Pressed struct {
		Call  CallID
		Leg   agreement.Leg
		Digit byte
	}
	// Unsignalled is a digit of SendDigit's that the far end does not take this way: media
	// has to send it as sound.
	Unsignalled struct {
		Leg   agreement.Leg
		Digit byte
	}
)

func (SendDigit) command() {}
func (Pressed) event()     {}
func (Unsignalled) event() {}

// maxDigits is how many digits of a call wait for their INFO. More are not sent: who presses so
// many without an answer is not understood in time either. The log tells of them.
const maxDigits = 32

// informing is how a call sends digits in its dialog.
type informing struct {
	allowed bool   // the far end names INFO in Allow
	refused bool   // and has turned one of ours down
	waiting []byte // digits
	busy    bool   // one is under way
	lost    int    // for which there was no room, since they last all had been sent
}

// digits is how the digits of a call go, as its account and the far end would have it. Events
// are the best way, where they were agreed. Else tones in the voice, which reach whatever is
// behind a gateway too, but for Opus, which bends them: there the far end is told in INFO, if
// it takes that. In the early dialogs of a call of ours nothing is told: they are several.
func (c *call) digits(a agreement.Agreed) agreement.Digits {
	signals := (c.stage == talking || !c.placed) && !c.informing.refused
	switch {
	case c.acc.DTMF == account.DTMFSound:
		return agreement.DigitsAsSound
	case c.acc.DTMF == account.DTMFInfo && signals:
		return agreement.DigitsAsSignals
	case c.acc.DTMF != account.DTMFEvents && a.EventType == 0 && !a.Codec.Tones() && c.informing.allowed && signals:
		return agreement.DigitsAsSignals
	}
	return agreement.DigitsAsEvents
}

// inform sends a digit, behind those before it.
func (c *call) inform(digit byte) {
	switch {
	case c.informing.refused || c.stage != talking:
		c.unsignalled(digit)
	case len(c.informing.waiting) < maxDigits:
		c.informing.waiting = append(c.informing.waiting, digit)
		c.informNext()
	default:
		c.informing.lost++
	}
}

// informNext sends the first digit that waits. The next one follows its answer: over UDP they
// could overtake each other.
func (c *call) informNext() {
	x := &c.informing
	if x.lost > 0 && !x.busy && (len(x.waiting) == 0 || c.over) {
		c.a.log.Warn("digits were not sent: too many waited", "call", c.id, "digits", x.lost)
		x.lost = 0
	}
	if x.busy || len(x.waiting) == 0 || c.over {
		return
	}
	digit := x.waiting[0]
	x.waiting = x.waiting[1:]
	x.busy = true
	c.ask(errand{method: "INFO", body: syntax.WritePressed(digit), kind: syntax.PressedRelay}, func(res *sip.Response) {
		x.busy = false
		switch {
		case res == nil:
			c.a.log.Info("a digit was not answered", "call", c.id)
		case untaken(res.StatusCode):
			x.refused = true
			for _, d := range append([]byte{digit}, x.waiting...) {
				c.unsignalled(d)
			}
			x.waiting = nil
		case res.StatusCode >= 300:
			c.a.log.Info("a digit was refused", "call", c.id, "code", res.StatusCode)
		}
		c.informNext()
	})
}

// untaken says that a far end takes no digits in INFO at all: the method, the type of its
// body, or a package (RFC 6086 §4.2.2) that it would have.
func untaken(code int) bool {
	return code == 405 || code == 415 || code == 420 || code == 469 || code == 488 || code == 501
}

func (c *call) unsignalled(digit byte) {
	leg := c.leg
	c.tell(nil, func() Event { return Unsignalled{leg, digit} })
}

// informed answers an INFO inside the dialog. One without a body changes nothing; what one
// with another body means is not known here (RFC 2976 §2.2).
func (c *call) informed(in *inbound) {
	req := in.req
	kind := ""
	if h := req.ContentType(); h != nil {
		kind = h.Value()
	}
	key, known := syntax.Pressed(kind, req.Body())
	switch {
	case len(values(req, "Info-Package")) > 0: // RFC 6086 §4.2.2: none is understood
		in.answer(469, nil, sip.NewHeader("Recv-Info", ""))
		return
	case !known && len(req.Body()) > 0:
		in.answer(415, nil, sip.NewHeader("Accept", syntax.PressedRelay+", "+syntax.PressedPlain))
		return
	}
	in.answer(200, nil)
	if key != 0 && c.reserved && !c.a.pump.crowded() {
		id, leg := c.id, c.leg
		c.tell(nil, func() Event { return Pressed{id, leg, key} })
	}
}
