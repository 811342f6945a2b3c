package media

import (
	"time"

	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/tone"
)

// keyLevel is how loud one's own digits are in the ear, in dBFS.
const keyLevel = -36.0

func newMixer(c Config) mixer {
	n := samples(c.Rate, packetTime)
	m := mixer{
		tone: tone.NewGenerator(c.Rate), beep: tone.NewGenerator(c.Rate),
		key: tone.NewGenerator(c.Rate), bell: tone.NewGenerator(c.Rate),
		sum: make([]int32, n), part: make([]int16, n), sound: make([]int16, n), mic: make([]int16, n),
		fill: fill{rate: c.Rate}, bridge: newBridge(c.Rate), taping: newTaping(c.Rate),
	}
	m.ringGain.Set(dsp.Factor(ringDB(c.Ring) + c.Gains[Ringer].Ear))
	m.self.factor = factorOf(c.Sidetone)
	return m
}

// earDB is the gain of a volume of the ear. 60, where a phone comes from the factory,
// is 0 dB; above it rises by 0.3 dB a step to +12 dB, which suits a quiet far end;
// below it falls by 0.7 dB a step to -41 dB; 0 is silence.
func earDB(volume int) float64 {
	switch volume = min(max(volume, 0), 100); {
	case volume == 0:
		return -100
	case volume >= 60:
		return float64(volume-60) * 0.3
	}
	return float64(volume-60) * 0.7
}

// ringDB is the gain of a ring volume: 0 dB at 100, 0.4 dB less for each step below.
func ringDB(volume int) float64 {
	if volume = min(max(volume, 0), 100); volume == 0 {
		return -100
	}
	return float64(volume-100) * 0.4
}

// volume sets the levels. Tones are never made louder than their plan has them, but by the
// gain that sets a card right: the howler is at its limit already.
func (e *Engine) volume(c Volume) {
	if c.Role < Ringer {
		e.ears[c.Role] = c.Ear
	}
	e.level()
	e.ringGain.Set(dsp.Factor(ringDB(c.Ring) + e.cfg.Gains[Ringer].Ear))
}

// mute fades the microphone out or in.
func (m *mixer) mute(on bool) {
	if m.muted = on; on {
		m.mouthGain.Set(0)
	} else {
		m.mouthGain.Set(m.mouth)
	}
}

// render fills the ring of the voice's card up to its target, each time that it is the ear's
// turn. Whoever else woke the engine changes nothing: the packet that is played next may still
// come.
func (e *Engine) render() {
	card := e.voice.card
	due, ok := e.stride.ear(card.Turns())
	if !ok {
		return
	}
	have := card.Playable()
	taken := e.fill.held - have
	if have == 0 {
		missing := card.Stats().Missing
		taken += int(missing - e.fill.gone)
		e.fill.gone = missing
	}
	e.fill.arrive(e.now, lasting(taken, e.fill.rate)-due)
	e.pour(card, have)
}

// pour fills the ring, which has so many samples, up to its target.
func (e *Engine) pour(card audio.Card, have int) {
	e.fill.held = have
	for want := e.fill.target() - have; want > 0; {
		n := min(want, len(e.sound))
		e.mix(n, e.ringer.card == nil)
		e.earLevel.Store(hundredths(dsp.Measure(e.sound[:n]).RMS))
		wrote := card.Write(e.sound[:n])
		e.fill.held += wrote
		e.cleaner.played(e.sound[:wrote])
		if wrote < n {
			break
		}
		want -= n
	}
}

// mix makes the next n samples of what the ear hears, in e.sound.
func (e *Engine) mix(n int, bell bool) {
	sum, part := e.sum[:n], e.part[:n]
	clear(sum)
	if e.farEnds(part) {
		e.tapeFar(part)
		e.earGain.Add(sum, part)
	} else {
		clear(part)
		e.tapeFar(part)
	}
	sounds := false
	clear(part)
	for _, g := range [...]*tone.Generator{e.tone, e.beep, e.key, e.taping.ear} {
		if g.Active() {
			g.Mix(part)
			sounds = true
		}
	}
	if sounds {
		e.toneGain.Add(sum, part)
	}
	if bell && e.bell.Active() {
		e.bell.Read(part)
		e.ringGain.Add(sum, part)
	}
	e.limit.Limit(e.sound[:n], sum)
}

// ringAhead is how much sound waits in the ring of the ringing loudspeaker, whose clock
// is its own: ringing may come late, but must not stutter.
const ringAhead = 80 * time.Millisecond

// ring fills the ring of a ringing loudspeaker of its own.
func (e *Engine) ring() {
	card := e.ringer.card
	if card == nil {
		return
	}
	for card.Read(e.mic) > 0 { // it may be the speaker's, which nobody uses now
	}
	for want := samples(e.cfg.Rate, ringAhead) - card.Playable(); want > 0; {
		n := min(want, len(e.part))
		e.bell.Read(e.part[:n])
		clear(e.sum[:n])
		e.ringGain.Add(e.sum[:n], e.part[:n])
		e.ringLimit.Limit(e.part[:n], e.sum[:n])
		if card.Write(e.part[:n]) < n {
			return
		}
		want -= n
	}
}

// Levels are the sound in the ear and at the mouth now, RMS in dBFS, -127 for silence
// and for no card. For meters: safe from any goroutine, never blocks.
func (e *Engine) Levels() (ear, mouth float64) {
	return float64(e.earLevel.Load()) / 100, float64(e.mouthLevel.Load()) / 100
}

func (e *Engine) silent() {
	e.earLevel.Store(hundredths(dsp.Silence))
	e.mouthLevel.Store(hundredths(dsp.Silence))
}

func hundredths(db float64) int32 { return int32(db * 100) }
