package media

import "time"

// A stride is how the engine keeps step with the card. Each step wakes a thread, so there are
// as few as the packets let there be: one plays the sound of a packet time on, and one sends a
// packet, in the same step or in another. Since each can be with any period of the card, what
// comes from the network waits for less than a period all the same.
//
//	card      │ │ │ │ │ │ │ │ │ │     periods of 10 ms
//	mouth     │   │   │   │   │       when a packet of 20 ms is whole: settled by the first one
//	packets    *   *   *   *   *      of the far end
//	ear         │   │   │   │   │     moved to where they are just here
//
// The mouth stays where it is: if both ends followed each other, both would move for ever.
// The zero value is that of no card.
type stride struct {
	period time.Duration // of the card
	length time.Duration // of a step, in whole periods
	atEar  uint64        // the period of a step, counted from 0, with which sound is played on
	mouth  uint64        // and with which packets are sent
	served uint64        // periods of the card, when sound was played on last
	begun  bool
	moved  time.Duration // when the ear was
	every  int           // what the card was told last
	mask   uint32
}

// Our own choices.
const (
	strideMost  = 20 * time.Millisecond // longer packets are no reason to answer later
	settleAfter = 3 * time.Second       // between two moves that only lower the delay
	// So much more delay is worth a step in which sound is played on and a packet is sent.
	together = 3 * time.Millisecond
)

// opened begins with a card.
func (s *stride) opened(period, now time.Duration) {
	*s = stride{period: period, moved: now - settleAfter}
	s.fit(packetTime, packetTime)
}

// fit is the longest step at which every packet of those sent and got is whole: as long as
// both let it be, in periods. True: it is another one than before.
func (s *stride) fit(sent, got time.Duration) bool {
	length := s.period
	for d := 2 * s.period; d <= strideMost; d += s.period {
		if sent%d == 0 && got%d == 0 {
			length = d
		}
	}
	if length == s.length {
		return false
	}
	s.length = length
	s.atEar = s.served % s.periods()
	s.mouth = s.atEar
	return true
}

// periods are the length of a step.
func (s *stride) periods() uint64 { return uint64(s.length / s.period) }

// grid is by what the ear can be moved; zero where it cannot.
func (s *stride) grid() time.Duration {
	if s.length <= s.period {
		return 0
	}
	return s.period
}

// rhythm is when the card shall wake the engine, as audio.Card's WakeAt wants it; false: it has
// been told so.
func (s *stride) rhythm() (every int, mask uint32, news bool) {
	every, mask = int(s.periods()), 1<<s.atEar|1<<s.mouth
	news = every != s.every || mask != s.mask
	s.every, s.mask = every, mask
	return every, mask, news
}

// ear takes the periods of the card so far and says whether sound is to be played on, and
// how long after the last time that should have been.
func (s *stride) ear(turns uint64) (due time.Duration, ok bool) {
	if !s.begun {
		s.begun, s.served, s.atEar = true, turns, turns%s.periods()
		return s.length, true
	}
	next := s.served + 1
	next += (s.atEar + s.periods() - next%s.periods()) % s.periods()
	if turns < next {
		return 0, false
	}
	due = time.Duration(next-s.served) * s.period
	s.served = turns
	return due, true
}

// sent takes the periods of the card so far, and how much sound waits for a later packet.
func (s *stride) sent(turns uint64, waits time.Duration) {
	before := uint64((waits+s.period/2)/s.period) % s.periods()
	s.mouth = (turns + s.periods() - before) % s.periods()
}

// unsent is without packets to send.
func (s *stride) unsent() { s.mouth = s.atEar }

// least is how much more delay than a period must be saved for the ear to be moved. Of two such
// phones the packets of one wait as much longer as those of the other wait shorter, so with
// steps of two periods they come to rest with one step each in seven cases of ten.
func (s *stride) least() time.Duration {
	if s.atEar == s.mouth {
		return together
	}
	return 0
}

// move takes what jitter.Buffer.Sooner says. What comes too late is heard, so that is mended at
// once.
func (s *stride) move(sooner, now time.Duration) {
	if sooner == 0 || sooner.Abs() >= s.length || sooner > 0 && now-s.moved < settleAfter {
		return
	}
	s.moved = now
	s.atEar = (s.atEar + s.periods() - uint64((sooner+s.length)/s.period)%s.periods()) % s.periods()
}
