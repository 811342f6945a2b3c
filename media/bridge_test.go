package media

import (
	"math"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/audio"
)

// A meeting is a phone with two far ends: the user's microphone, and those of b and c, each
// say something of their own.
type meeting struct {
	*clock
	t       testing.TB
	a, b, c *phone
	to      [2]agreement.Leg // of a: to b and to c
	own     [2]agreement.Local
	agreed  [2]agreement.Agreed
}

// meet connects a with b and with c, in a conference. change may alter what a agrees on with
// each; the far ends agree on the same.
func meet(t testing.TB, voices [3]func(int) int16, codecs [2]agreement.Codec, change func(far int, ab, ba *agreement.Agreed)) *meeting {
	t.Helper()
	m := &meeting{t: t, a: newPhone(t, Config{}, voices[0]), b: newPhone(t, Config{}, voices[1]), c: newPhone(t, Config{}, voices[2])}
	for i, far := range []*phone{m.b, m.c} {
		m.to[i], m.own[i] = reserve(t, m.a.Engine)
		far.reserve()
		ab, ba := towards(far.local, codecs[i]), towards(m.own[i], codecs[i])
		if change != nil {
			change(i, &ab, &ba)
		}
		m.agreed[i] = ab
		m.apply(i, ab)
		far.apply(ba)
		far.Do(Listen{far.leg})
	}
	m.a.Do(Listen{m.to[0]})
	m.a.Do(Join{m.to[1]})
	m.clock = drive(m.a, m.b, m.c)
	m.run(1500 * time.Millisecond)
	return m
}

func (m *meeting) apply(far int, a agreement.Agreed) {
	m.t.Helper()
	if err := m.a.Apply(m.to[far], "far", a); err != nil {
		m.t.Fatal(err)
	}
}

// The tones of the three, in Hz: no harmonic or difference of two is the third.
var pitches = [3]float64{500, 910, 1370}

func threeTones() [3]func(int) int16 {
	return [3]func(int) int16{sine(pitches[0]), sine(pitches[1]), sine(pitches[2])}
}

// levels are those of the three tones in what each phone hears now, in dB below one tone as it was
// spoken.
func (m *meeting) levels() (heard [3][3]float64) {
	for _, p := range m.phones {
		p.card.take()
	}
	m.run(500 * time.Millisecond)
	for i, p := range m.phones {
		pcm := p.card.take()
		for k, hz := range pitches {
			heard[i][k] = 20 * math.Log10(power(pcm, hz)/8000+1e-9)
		}
	}
	return heard
}

// silence below which nobody hears himself, and loudness of everybody else, in dB.
const (
	unheard = -50.0
	clearly = 1.0 // from the level that was spoken
)

// whoHears checks the levels against rows of who hears whom: "bc ac ab" is everybody.
func (m *meeting) whoHears(what string, want ...string) {
	m.t.Helper()
	got := m.levels()
	for i, row := range want {
		for k, name := range "abc" {
			hears := false
			for _, w := range row {
				hears = hears || w == name
			}
			if l := got[i][k]; hears && math.Abs(l) > clearly || !hears && l > unheard {
				m.t.Errorf("%s: %c hears %c at %.1f dB, want it heard: %v", what, "abc"[i], name, l, hears)
			}
		}
	}
}

// Each hears the other two as loud as they speak, and nobody hears himself, with every pair
// of codecs and rates.
func TestConferenceWhoHearsWhom(t *testing.T) {
	for _, c := range [][2]agreement.Codec{
		{agreement.PCMU, agreement.PCMA}, {agreement.G722, agreement.PCMU}, {agreement.Opus, agreement.G722}, {agreement.L16Full, agreement.L16},
	} {
		t.Run(c[0].Name+" and "+c[1].Name, func(t *testing.T) {
			m := meet(t, threeTones(), c, nil)
			m.whoHears("conference", "bc", "ac", "ab")
			for _, p := range []struct {
				*phone
				leg agreement.Leg
			}{{m.a, m.to[0]}, {m.a, m.to[1]}, {m.b, m.b.leg}, {m.c, m.c.leg}} {
				if s, _ := p.Stats(p.leg); s.Lost != 0 || s.Dropped != (Dropped{}) {
					t.Errorf("%+v", s)
				}
			}
			if s := m.a.bridge.parties[0].store; s.Len() > 3*samples(48000, packetTime) {
				t.Errorf("%d samples wait for the microphone", s.Len())
			}
		})
	}
}

// Speech, too: everybody hears both others, and himself no more than chance has it.
func TestConferenceOfSpeech(t *testing.T) {
	minutes(t)
	m := meet(t, [3]func(int) int16{speech(1), speech(2), speech(3)}, [2]agreement.Codec{agreement.G722, agreement.Opus}, nil)
	m.run(2 * time.Second)
	const from = 168000 // the meeting began with 1.5 s; by now playout has settled
	for _, p := range m.phones {
		p.card.take()
	}
	m.run(4 * time.Second)
	for i, p := range m.phones {
		heard := p.card.take()
		for k := range 3 {
			said := speech(k + 1)
			sent := make([]int16, from+60000)
			for n := range sent {
				sent[n] = said(n)
			}
			_, corr := align(sent[from:], heard, 48000/4)
			if k == i && corr > 0.3 || k != i && corr < 0.5 {
				t.Errorf("%c hears %c with correlation %.2f", "abc"[i], "abc"[k], corr)
			}
		}
	}
}

// Packet times differ from leg to leg: 10 ms beside 60 ms, and nobody hears a gap.
func TestConferenceOfPacketTimes(t *testing.T) {
	for _, ms := range [][2]int{{10, 60}, {20, 10}, {60, 20}} {
		m := meet(t, threeTones(), [2]agreement.Codec{agreement.PCMU, agreement.PCMA}, func(far int, ab, ba *agreement.Agreed) {
			ab.PacketTime = time.Duration(ms[far]) * time.Millisecond
			ba.PacketTime = ab.PacketTime
		})
		m.run(time.Second) // playout follows what comes
		m.whoHears("conference", "bc", "ac", "ab")
		for range 20 {
			for k, l := range m.gaps(100 * time.Millisecond) {
				if l < -18 {
					t.Errorf("%v ms: %c hears a gap: %.0f dBFS", ms, "abc"[k], l)
				}
			}
		}
	}
}

// gaps are the levels of what each hears within d.
func (m *meeting) gaps(d time.Duration) (l [3]float64) {
	for _, p := range m.phones {
		p.card.take()
	}
	m.run(d)
	for i, p := range m.phones {
		l[i] = level(p.card.take())
	}
	return l
}

// One leg is encrypted, and the other not.
func TestConferenceWithSRTP(t *testing.T) {
	m := meet(t, threeTones(), [2]agreement.Codec{agreement.PCMU, agreement.PCMU}, func(far int, ab, ba *agreement.Agreed) {
		if far == 1 {
			ab.Protection, ba.Protection = keyed(agreement.AES128CM80)
		}
	})
	m.whoHears("conference", "bc", "ac", "ab")
	if s, _ := m.a.Stats(m.to[1]); !s.Encrypted {
		t.Error("the leg to c is not encrypted")
	}
}

// Mute is the user's own microphone alone; hold is per leg; and a split leaves one.
func TestConferenceMuteHoldAndSplit(t *testing.T) {
	m := meet(t, threeTones(), [2]agreement.Codec{agreement.PCMU, agreement.G722}, nil)
	m.a.Do(Mute{true})
	m.run(300 * time.Millisecond)
	m.whoHears("muted", "bc", "c", "b")
	m.a.Do(Mute{false})
	m.run(300 * time.Millisecond)
	m.apply(0, direct(m.agreed[0], agreement.Inactive))
	m.run(300 * time.Millisecond)
	m.whoHears("b held", "c", "", "a")
	m.apply(0, m.agreed[0])
	m.run(time.Second)
	m.whoHears("b back", "bc", "ac", "ab")
	m.a.Do(Listen{m.to[1]})
	m.run(300 * time.Millisecond)
	m.whoHears("split", "c", "", "a")
	if m.a.bridge.open() {
		t.Error("the conference is open still")
	}
	m.a.Do(Join{m.to[0]})
	m.run(time.Second)
	m.whoHears("joined again", "bc", "ac", "ab")
	m.a.Do(Listen{0})
	m.run(300 * time.Millisecond)
	m.whoHears("nobody", "", "", "")
}

// A far end that leaves in mid-sound, with its leg or without: the others talk on, and
// neither they nor the ear hear a click.
func TestConferenceIsLeftWithoutClick(t *testing.T) {
	for _, released := range []bool{false, true} {
		m := meet(t, threeTones(), [2]agreement.Codec{agreement.L16Full, agreement.L16Full}, nil)
		m.gaps(500 * time.Millisecond)
		m.run(500 * time.Millisecond)
		var usual [2]int
		for i, p := range []*phone{m.a, m.b} {
			usual[i] = steepest(p.card.take())
		}
		if released {
			m.a.Release(m.to[1])
			m.run(60 * time.Millisecond)
		}
		m.a.Do(Listen{m.to[0]})
		m.run(500 * time.Millisecond)
		for i, p := range []*phone{m.a, m.b} {
			heard := p.card.take()
			if s := steepest(heard); s > usual[i]+usual[i]/10 {
				t.Errorf("released %v: %c hears a step of %d, usual are %d", released, "ab"[i], s, usual[i])
			}
			if l := power(heard[len(heard)-9600:], pitches[2]); l > 8000*0.003 {
				t.Errorf("released %v: %c hears c still", released, "ab"[i])
			}
		}
		m.whoHears("with b alone", "b", "a")
	}
}

// Digits go to the legs that they are meant for, and those that come are told of by leg.
func TestConferenceDigits(t *testing.T) {
	m := meet(t, threeTones(), [2]agreement.Codec{agreement.PCMU, agreement.Opus}, nil)
	for _, d := range []byte("15#") {
		m.a.Do(SendDigit{Leg: m.to[0], Digit: d})
		m.a.Do(SendDigit{Leg: m.to[1], Digit: d})
	}
	m.b.Do(SendDigit{Leg: m.b.leg, Digit: '7'})
	m.c.Do(SendDigit{Leg: m.c.leg, Digit: '9'})
	m.run(2 * time.Second)
	if b, c := digits(m.b.Engine), digits(m.c.Engine); b != "15#" || c != "15#" {
		t.Errorf("b got %q, c got %q", b, c)
	}
	got := map[agreement.Leg]byte{}
	for _, v := range events(m.a.Engine) {
		if d, ok := v.(Digit); ok {
			got[d.Leg] = d.Digit
		}
	}
	if got[m.to[0]] != '7' || got[m.to[1]] != '9' {
		t.Errorf("a got %v", got)
	}
}

// Everybody shouts at once: the sum is turned down rather than cut off, so that what is heard
// beside the voices, of which a clipped sum is full, stays below them.
func TestConferenceNeverClips(t *testing.T) {
	loud := func(hz float64) func(int) int16 {
		return func(n int) int16 { return int16(30000 * math.Sin(2*math.Pi*hz*float64(n)/48000)) }
	}
	m := meet(t, [3]func(int) int16{loud(pitches[0]), loud(pitches[1]), loud(pitches[2])}, [2]agreement.Codec{agreement.L16Full, agreement.L16Full}, nil)
	m.gaps(500 * time.Millisecond)
	m.run(500 * time.Millisecond) // whole periods of each tone
	for i, p := range m.phones {
		heard := p.card.take()
		all, voices := 1.0, 0.0
		for _, s := range heard {
			all += float64(s) * float64(s) / float64(len(heard))
		}
		for k, hz := range pitches {
			if a := power(heard, hz); k != i {
				voices += a * a / 2
			}
		}
		db := 10 * math.Log10(math.Max(all-voices, 1)/all)
		t.Logf("%c: distortion %.1f dB", "abc"[i], db)
		if db > -30 {
			t.Errorf("%c hears distortion at %.1f dB", "abc"[i], db)
		}
	}
}

// Whoever pauses is left out of the wire where comfort noise was agreed, and the others hear
// each other all the same.
func TestConferenceComfortNoise(t *testing.T) {
	voices := threeTones()
	voices[0], voices[1] = nil, nil
	m := meet(t, voices, [2]agreement.Codec{agreement.PCMU, agreement.PCMU}, func(_ int, ab, ba *agreement.Agreed) {
		for _, x := range []*agreement.Agreed{ab, ba} {
			x.NoiseType, x.NoiseRecv = agreement.NoisePayload, agreement.NoisePayload
		}
	})
	m.run(time.Second)
	toB, _ := m.a.Stats(m.to[0])
	toC, _ := m.a.Stats(m.to[1])
	m.whoHears("c speaks", "c", "c", "")
	nowB, _ := m.a.Stats(m.to[0])
	nowC, _ := m.a.Stats(m.to[1])
	if b, c := nowB.Sent-toB.Sent, nowC.Sent-toC.Sent; b < 20 || c > 5 {
		t.Errorf("%d packets went to b, who hears c, and %d to c, who hears nobody", b, c)
	}
}

// Without a sound card the far ends hear each other.
func TestConferenceWithoutCard(t *testing.T) {
	m := meet(t, threeTones(), [2]agreement.Codec{agreement.PCMU, agreement.G722}, nil)
	m.a.fail = audio.ErrNoCard
	m.a.Engine.mu.Lock()
	m.a.voice.lost(audio.ErrNoCard, m.now)
	m.a.Engine.mu.Unlock()
	m.run(300 * time.Millisecond)
	heard := [2]float64{}
	for _, p := range []*phone{m.b, m.c} {
		p.card.take()
	}
	m.run(500 * time.Millisecond)
	heard[0], heard[1] = power(m.b.card.take(), pitches[2]), power(m.c.card.take(), pitches[1])
	if heard[0] < 7000 || heard[1] < 7000 {
		t.Errorf("b and c hear each other at %.0f", heard)
	}
}
