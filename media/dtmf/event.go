// Package dtmf owns keypad digits as named telephone events (RFC 4733): the payload,
// the sender that turns a digit into its packets, and the receiver that turns packets
// back into each digit once. It is pure: the RTP header, the clock and the socket are
// the caller's. It refuses to make or find tones in sound; media/tone does.
package dtmf

import (
	"encoding/binary"
	"errors"
)

// PayloadLen is the length of one event in a payload.
const PayloadLen = 4

// ErrPayload is a payload too short to hold an event.
var ErrPayload = errors.New("dtmf: payload shorter than an event")

// An Event is one telephone-event payload (RFC 4733 §2.3).
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|     event     |E|R| volume    |          duration             |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
type Event struct {
	Code     uint8 // 0-9, 10 '*', 11 '#', 12-15 'A'-'D'
	End      bool
	Volume   uint8  // power in -dBm0, 0 to 63
	Duration uint16 // so far, in units of the event clock
}

// Parse reads the first event of a payload. Further ones, which RFC 4733 §2.5.1.5 only
// knows for other events than digits, are not looked at.
func Parse(payload []byte) (Event, error) {
	if len(payload) < PayloadLen {
		return Event{}, ErrPayload
	}
	return Event{
		Code:     payload[0],
		End:      payload[1]&0x80 != 0,
		Volume:   payload[1] & 0x3f,
		Duration: binary.BigEndian.Uint16(payload[2:]),
	}, nil
}

// Put writes e to the start of payload, which must hold PayloadLen bytes. The
// reserved bit is zero.
func (e Event) Put(payload []byte) {
	payload[0] = e.Code
	payload[1] = e.Volume & 0x3f
	if e.End {
		payload[1] |= 0x80
	}
	binary.BigEndian.PutUint16(payload[2:], e.Duration)
}

const digits = "0123456789*#ABCD"

// Code is the event code of a digit; false if there is none. Lower-case letters count.
func Code(digit byte) (uint8, bool) {
	if 'a' <= digit && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	for i := range len(digits) {
		if digits[i] == digit {
			return uint8(i), true
		}
	}
	return 0, false
}

// Digit is the digit of an event code; false for events that are not digits (RFC 4733
// §3.2: 16 and above).
func Digit(code uint8) (byte, bool) {
	if int(code) >= len(digits) {
		return 0, false
	}
	return digits[code], true
}
