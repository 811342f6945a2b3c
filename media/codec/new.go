package codec

import (
	"fmt"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// NewEncoder makes an encoder for one stream. Errors: ErrUnknown, or an option out
// of its range.
func NewEncoder(c agreement.Codec, o Options) (Encoder, error) {
	o, err := o.complete(c)
	if err != nil {
		return nil, err
	}
	switch c {
	case agreement.PCMU:
		return newG711Encoder(&muLaw, o), nil
	case agreement.PCMA:
		return newG711Encoder(&aLaw, o), nil
	case agreement.G722:
		return newG722Encoder(o), nil
	case agreement.L16, agreement.L16Full:
		return newLinearEncoder(o), nil
	}
	return newOpusEncoder(o)
}

// NewDecoder makes a decoder for one stream. Only Options.Rate matters to it. Errors
// as for NewEncoder.
func NewDecoder(c agreement.Codec, o Options) (Decoder, error) {
	o, err := o.complete(c)
	if err != nil {
		return nil, err
	}
	switch c {
	case agreement.PCMU:
		return newG711Decoder(&muLaw), nil
	case agreement.PCMA:
		return newG711Decoder(&aLaw), nil
	case agreement.G722:
		return newG722Decoder(), nil
	case agreement.L16, agreement.L16Full:
		return newLinearDecoder(o), nil
	}
	return newOpusDecoder(o)
}

// complete checks o against c and fills in what is zero.
func (o Options) complete(c agreement.Codec) (Options, error) {
	if _, ok := Find(c); !ok {
		return o, fmt.Errorf("%w: %s/%d/%d", ErrUnknown, c.Name, c.Clock, c.Chans)
	}
	if o.PacketTime == 0 {
		o.PacketTime = c.Fitting(0)
	}
	if o.PacketTime < 10*time.Millisecond || o.PacketTime > 60*time.Millisecond || o.PacketTime%(10*time.Millisecond) != 0 {
		return o, fmt.Errorf("codec: packet time %v: want 10ms to 60ms in steps of 10ms", o.PacketTime)
	}
	if c == agreement.Opus {
		return o.completeOpus()
	}
	rate := c.Clock
	if c == agreement.G722 { // whose clock is a mistake that is kept (RFC 3551 §4.5.2)
		rate = 16000
	}
	if o.Rate != 0 && o.Rate != rate {
		return o, fmt.Errorf("codec: %s at %d Hz: it runs at %d", c.Name, o.Rate, rate)
	}
	if c.Fitting(o.PacketTime) != o.PacketTime {
		return o, fmt.Errorf("codec: %s packets of %v are too long", c.Name, o.PacketTime)
	}
	o.Rate = rate
	return o, nil
}
