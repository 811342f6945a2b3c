package media

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/tone"
)

// What a caller in each country must hear at the sound card, written down from the
// recommendations and not from media/tone's plans: AU ACIF S002; CN, DE, FR, IN, JP the
// national lists of ITU-T E.180 Supplement 2; GB BT SIN 350; US GR-506-CORE; where they
// leave a tone out, E.180/Q.35 §§4-8. "440+480/2000 -/4000" is both for 2 s, then 4 s
// of silence, over and over; no time is for ever; a full stop says that it ends there.
//
// "425×25" is a suppressed carrier in AU (425 ± 12.5), modulation elsewhere (400, and
// 400 ± 25). The special information tone has three parts of 330 ms.
var recommended = map[string]map[tone.Name]string{
	"AU": {
		tone.Dial:         "412.5+437.5",
		tone.StutterDial:  "412.5+437.5/100 -/40",
		tone.Ringback:     "412.5+437.5/400 -/200 412.5+437.5/400 -/2000",
		tone.Busy:         "425/375 -/375",
		tone.Congestion:   "425/375 -/375",
		tone.Unobtainable: "425/2500 -/500",
		tone.CallWaiting:  "425/200 -/200 425/200 .",
		tone.Disconnect:   "425/375 -/375",
		tone.Ring:         "bell/400 -/200 bell/400 -/2000",
	},
	"CN": {
		tone.Dial:         "450",
		tone.StutterDial:  "450/400 -/40",
		tone.Ringback:     "450/1000 -/4000",
		tone.Busy:         "450/350 -/350",
		tone.Congestion:   "450/700 -/700",
		tone.Unobtainable: "450/100 -/100 450/100 -/100 450/100 -/100 450/400 -/400",
		tone.CallWaiting:  "450/400 .",
		tone.Disconnect:   "450/350 -/350",
		tone.Ring:         "bell/1000 -/4000",
	},
	"DE": {
		tone.Dial:         "425",
		tone.StutterDial:  "400+425",
		tone.Ringback:     "425/1000 -/4000",
		tone.Busy:         "425/480 -/480",
		tone.Congestion:   "425/240 -/240",
		tone.Unobtainable: "950/330 1400/330 1800/330 -/1000",
		tone.CallWaiting:  "425/200 -/200 425/200 .",
		tone.Disconnect:   "425/480 -/480",
		tone.Ring:         "bell/1000 -/4000",
	},
	"FR": {
		tone.Dial:         "440",
		tone.StutterDial:  "330+440",
		tone.Ringback:     "440/1500 -/3500",
		tone.Busy:         "440/500 -/500",
		tone.Congestion:   "440/250 -/250",
		tone.Unobtainable: "950/330 1400/330 1800/330 -/1000",
		tone.CallWaiting:  "440/300 .",
		tone.Disconnect:   "440/500 -/500",
		tone.Ring:         "bell/1500 -/3500",
	},
	"GB": {
		tone.Dial:         "350+440",
		tone.StutterDial:  "350+440/750 440/750",
		tone.Ringback:     "400+450/400 -/200 400+450/400 -/2000",
		tone.Busy:         "400/375 -/375",
		tone.Congestion:   "400/400 -/350 400/225 -/525",
		tone.Unobtainable: "400",
		tone.CallWaiting:  "400/100 .",
		tone.Disconnect:   "400",
		tone.Ring:         "bell/400 -/200 bell/400 -/2000",
	},
	"IN": {
		tone.Dial:         "375+400+425",
		tone.StutterDial:  "400/2800 -/200",
		tone.Ringback:     "375+400+425/400 -/200 375+400+425/400 -/2000",
		tone.Busy:         "400/750 -/750",
		tone.Congestion:   "400/250 -/250",
		tone.Unobtainable: "950/330 1400/330 1800/330 -/1000",
		tone.CallWaiting:  "400/200 -/100 400/200 .",
		tone.Disconnect:   "400/750 -/750",
		tone.Ring:         "bell/400 -/200 bell/400 -/2000",
	},
	"JP": {
		tone.Dial:         "400",
		tone.StutterDial:  "400/125 -/125",
		tone.Ringback:     "384+400+416/1000 -/2000",
		tone.Busy:         "400/500 -/500",
		tone.Congestion:   "400/250 -/250",
		tone.Unobtainable: "950/330 1400/330 1800/330 -/1000",
		tone.CallWaiting:  "384+400+416/500 .",
		tone.Disconnect:   "400/500 -/500",
		tone.Ring:         "bell/1000 -/2000",
	},
	"US": {
		tone.Dial:         "350+440",
		tone.StutterDial:  strings.Repeat("350+440/100 -/100 ", 10) + "350+440",
		tone.Ringback:     "440+480/2000 -/4000",
		tone.Busy:         "480+620/500 -/500",
		tone.Congestion:   "480+620/250 -/250",
		tone.Unobtainable: "985.2/380 1370.6/274 1776.7/380 -/1000",
		tone.CallWaiting:  "440/300 .",
		tone.Disconnect:   "480+620/250 -/250",
		tone.Ring:         "bell/2000 -/4000",
	},
}

// everywhere are the phone's own tones, as its users know them; the howler is GR-506's.
var everywhere = map[tone.Name]string{
	tone.Howler:        "1400+2060+2450+2600/100 -/100",
	tone.NotRegistered: "620/180 440/220 -/600",
	tone.Confirm:       "880/60 -/60 880/60 .",
	tone.Reject:        "300/250 .",
	tone.Hold:          "660/80 -/120 660/80 .",
}

// Levels in dBFS at the volumes from the factory: E.180 §4 has tones 18 to 25 dB under
// full scale at a two-wire point; nothing in an ear is louder than the howler's limit.
const (
	tonesLowest, tonesHighest = -25.0, -18.0
	howlerLimit               = -12.0
)

// Every tone of every country, as the fake card plays it, at each rate of a card.
func TestEveryToneAtTheCard(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		for _, country := range tone.Countries() {
			own, ok := recommended[country]
			if !ok {
				t.Errorf("nothing is written down for %s", country)
			}
			for _, name := range tone.Names() {
				want := own[name] + everywhere[name]
				t.Run(fmt.Sprintf("%s %v at %d", country, name, rate), func(t *testing.T) {
					for _, e := range compare(playTone(t, country, name, rate, parsePattern(t, want)), rate, parsePattern(t, want)) {
						t.Error(e)
					}
					if t.Failed() {
						t.Logf("want %s", want)
					}
				})
			}
		}
	}
	if n := len(recommended); n != len(tone.Countries()) || n != 8 {
		t.Errorf("%d countries are written down, %d have a plan", n, len(tone.Countries()))
	}
}

// orderOf is how the phone asks for a tone.
func orderOf(name tone.Name) Command {
	switch name {
	case tone.Ring:
		return Ring{On: true}
	case tone.CallWaiting, tone.Confirm, tone.Reject, tone.Hold:
		return Beep{name}
	}
	return Play{name}
}

// playTone is what the card plays of a tone for a cycle and the beginning of the next.
func playTone(t *testing.T, country string, name tone.Name, rate int, p pattern) []int16 {
	t.Helper()
	phone := newPhone(t, Config{Rate: rate}, nil)
	plan, ok := tone.ForCountry(country)
	if !ok {
		t.Fatalf("no plan of %s", country)
	}
	phone.cfg.Plan = plan
	phone.Do(orderOf(name))
	drive(phone).run(p.cycle() + 400*time.Millisecond)
	return phone.card.take()
}

// The ear is safe: no volume lifts the howler, nor any other tone, above its limit.
func TestNoVolumeLiftsTheHowler(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		for _, country := range tone.Countries() {
			p := newPhone(t, Config{Rate: rate}, nil)
			p.cfg.Plan, _ = tone.ForCountry(country)
			clock := drive(p)
			for _, ear := range []int{100, 60, 30} {
				p.Do(Volume{Ear: ear, Ring: 100})
				p.Do(Play{tone.Howler})
				clock.run(200 * time.Millisecond)
				p.card.take()
				clock.run(600 * time.Millisecond)
				heard := p.card.take()
				// It sounds half of the time: 3 dB less than while it sounds.
				if l := dsp.Measure(heard); l.RMS > howlerLimit-3+0.3 || l.Peak > -0.1 {
					t.Errorf("%s at %d Hz, volume %d: %.1f dBFS, peak %.1f", country, rate, ear, l.RMS, l.Peak)
				} else if ear >= 60 && l.RMS < howlerLimit-3-3 {
					t.Errorf("%s at %d Hz, volume %d: only %.1f dBFS", country, rate, ear, l.RMS)
				}
			}
		}
	}
}

// Play(None) is silence: two frames later not a bit of sound is left, whatever played.
func TestPlayNoneIsSilence(t *testing.T) {
	for _, rate := range []int{8000, 48000} {
		for _, name := range tone.Names() {
			if _, plays := orderOf(name).(Play); !plays {
				continue
			}
			p := newPhone(t, Config{Rate: rate}, nil)
			p.cfg.Plan, _ = tone.ForCountry("DE")
			clock := drive(p)
			p.Do(Play{name})
			clock.run(90 * time.Millisecond)
			if l := dsp.Measure(p.card.take()).RMS; l < -40 {
				t.Fatalf("%v at %d Hz is not heard: %.0f dBFS", name, rate, l)
			}
			p.Do(Play{tone.None})
			clock.run(2 * frameGrid)
			p.card.take()
			clock.run(time.Second)
			if l := dsp.Measure(p.card.take()).Peak; l != dsp.Silence {
				t.Errorf("%v at %d Hz goes on at %.0f dBFS", name, rate, l)
			}
		}
	}
}
