package media

import (
	"fmt"
	"math"
	"slices"
	"strconv"
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

// A pattern is what should be heard.
type pattern struct {
	parts []part
	once  bool
}

type part struct {
	freq []float64 // nil: silence
	bell bool
	span time.Duration // 0: for ever
}

func parsePattern(t *testing.T, text string) (p pattern) {
	t.Helper()
	for _, word := range strings.Fields(text) {
		if word == "." {
			p.once = true
			continue
		}
		sound, ms, timed := strings.Cut(word, "/")
		var one part
		if timed {
			n, err := strconv.Atoi(ms)
			if err != nil {
				t.Fatal(err)
			}
			one.span = time.Duration(n) * time.Millisecond
		}
		switch sound {
		case "-":
		case "bell": // ours: two chords in turn, 16 times a second
			one.bell, one.freq = true, []float64{1000, 1250, 2000, 2500}
		default:
			for f := range strings.SplitSeq(sound, "+") {
				hz, err := strconv.ParseFloat(f, 64)
				if err != nil {
					t.Fatal(err)
				}
				one.freq = append(one.freq, hz)
			}
		}
		p.parts = append(p.parts, one)
	}
	if len(p.parts) == 0 {
		t.Fatal("no such tone is written down")
	}
	return p
}

// cycle is how long it takes until nothing new comes.
func (p pattern) cycle() (d time.Duration) {
	for _, one := range p.parts {
		d += one.span
	}
	if p.once {
		d += time.Second
	}
	return max(d, 600*time.Millisecond)
}

// at lays the pattern out over d.
func (p pattern) at(d time.Duration) (all []stretch) {
	for from := time.Duration(0); ; {
		for _, one := range p.parts {
			to := from + one.span
			if one.span == 0 {
				to = d
			}
			all = append(all, stretch{one, from, min(to, d)})
			if from = to; from >= d {
				return all
			}
		}
		if p.once {
			return append(all, stretch{part{}, from, d})
		}
	}
}

// A stretch is a part at its place in time.
type stretch struct {
	part
	from, to time.Duration
}

// frameGrid is what the engine may add to a time: one of its frames.
const frameGrid = packetTime

// compare says everything in which pcm is not p. Its beginning may be silence.
func compare(pcm []int16, rate int, p pattern) (wrong []string) {
	say := func(format string, a ...any) { wrong = append(wrong, fmt.Sprintf(format, a...)) }
	heard := bursts(pcm, rate)
	if len(heard) == 0 {
		return []string{"nothing is heard"}
	}
	begin := heard[0].from
	if begin > 2*frameGrid {
		say("it begins after %v", begin)
	}
	pcm = pcm[samples(rate, begin):]
	length := time.Duration(len(pcm)) * time.Second / time.Duration(rate)
	score := p.at(length)
	var want []stretch // neighbours that sound are one burst
	for _, s := range score {
		switch n := len(want); {
		case s.freq == nil:
		case n > 0 && want[n-1].to == s.from:
			want[n-1].to = s.to
		default:
			want = append(want, s)
		}
	}
	if n := len(want); length-want[n-1].from < frameGrid { // just begun: it may not be heard yet
		want = want[:n-1]
		heard = heard[:min(len(heard), n-1)]
	}
	if len(heard) != len(want) {
		say("it sounds %d times in %v, want %d", len(heard), length, len(want))
		return wrong
	}
	for i, w := range want {
		if d := heard[i].from - begin - w.from; d.Abs() > frameGrid {
			say("burst %d begins %v off", i+1, d)
		}
		if d := heard[i].to - begin - w.to; d.Abs() > frameGrid {
			say("burst %d ends %v off", i+1, d)
		}
	}
	judged := map[string]int{} // each part, and once more when it has come round
	for _, s := range score {
		key := fmt.Sprint(s.part)
		if judged[key]++; s.to-s.from < 3*frameGrid || judged[key] > 2 {
			continue
		}
		piece := pcm[samples(rate, s.from+frameGrid/4):samples(rate, s.to-frameGrid/4)]
		if s.freq == nil {
			piece = pcm[samples(rate, s.from+frameGrid):samples(rate, s.to-frameGrid)]
			if l := dsp.Measure(piece).Peak; l > -80 {
				say("%.0f dBFS in the silence at %v", l, s.from)
			}
			continue
		}
		wrong = append(wrong, judgeSound(piece, rate, s.part)...)
	}
	return wrong
}

// judgeSound says what is wrong with a piece in which one part sounds throughout.
func judgeSound(piece []int16, rate int, p part) (wrong []string) {
	say := func(format string, a ...any) { wrong = append(wrong, fmt.Sprintf(format, a...)) }
	level := dsp.Measure(piece)
	lowest, highest := tonesLowest, tonesHighest
	if slices.Equal(p.freq, []float64{1400, 2060, 2450, 2600}) {
		lowest, highest = howlerLimit-3, howlerLimit+0.2
	}
	if level.RMS < lowest || level.RMS > highest {
		say("%v Hz at %.1f dBFS, want %.0f to %.0f", p.freq, level.RMS, lowest, highest)
	}
	if level.Peak > -0.1 {
		say("%v Hz clip", p.freq)
	}
	if p.bell {
		for i, chord := range [][]float64{{1000, 2000}, {1250, 2500}} {
			// A chord lasts a 32nd of a second; 25 ms of its middle.
			from := samples(rate, time.Duration(i)*time.Second/32)
			wrong = append(wrong, judgeSines(piece[from:from+samples(rate, 25*time.Millisecond)], rate, chord)...)
		}
		return wrong
	}
	// Both ends, so that a sound which comes early, stays long or drifts is seen.
	n := min(len(piece), max(int(5/closest(p.freq)*float64(rate)), rate/10))
	wrong = append(wrong, judgeSines(piece[:n], rate, p.freq)...)
	return append(wrong, judgeSines(piece[len(piece)-n:], rate, p.freq)...)
}

// judgeSines finds the sines in pcm blindly and compares them with those wanted.
func judgeSines(pcm []int16, rate int, want []float64) (wrong []string) {
	pcm, window := windowed(pcm, rate, want)
	got := peaks(pcm, rate, window)
	if len(got) != len(want) {
		return []string{fmt.Sprintf("%.1f Hz are heard, want %v", got, want)}
	}
	explained := 0.0
	for i, f := range got {
		if math.Abs(f/want[i]-1) > 0.01 {
			wrong = append(wrong, fmt.Sprintf("%.1f Hz, want %v ± 1 %%", f, want[i]))
		}
		explained += math.Pow(10, dsp.Goertzel(pcm, rate, f)/10) / window.coherent
	}
	total := math.Pow(10, dsp.Measure(pcm).RMS/10) / window.incoherent
	if share := explained / total; share < 0.9 || share > 1.1 {
		wrong = append(wrong, fmt.Sprintf("%.1f Hz are %.0f %% of the sound", got, 100*share))
	}
	return wrong
}

// A shape is what a window does to the power of a sine, as one line of a spectrum and
// in all, and what stands out behind it.
type shape struct {
	coherent, incoherent float64
	floor                float64 // dB below the strongest at which its side lobes are not seen
	step                 float64 // of a search, in lines of the spectrum
}

var (
	hann        = shape{0.25, 0.375, 14, 1}
	rectangular = shape{1, 1, 8, 0.5}
)

// windowed cuts pcm and windows it so that the sines wanted are told apart: by Hann's window
// where four periods of their distance fit, else by two periods exactly, in which each
// of two sines is blind to the other.
func windowed(pcm []int16, rate int, want []float64) ([]int16, shape) {
	apart := closest(want)
	if seconds := float64(len(pcm)) / float64(rate); 4/seconds > apart {
		return pcm[:int(2/apart*float64(rate))], rectangular
	}
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = int16(math.Round(float64(s) * (0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(pcm))))))
	}
	return out, hann
}

// closest is how near to each other, or to 0 Hz, two of the frequencies come.
func closest(freq []float64) float64 {
	apart := freq[0]
	for i := 1; i < len(freq); i++ {
		apart = min(apart, freq[i]-freq[i-1])
	}
	return apart
}

// peaks finds the sines between 200 and 3400 Hz, ascending. It searches at about 8 kHz
// and is told nothing of what there should be.
func peaks(pcm []int16, rate int, s shape) (found []float64) {
	every := rate / 8000
	slow := make([]int16, len(pcm)/every)
	for i := range slow {
		sum := 0
		for _, x := range pcm[i*every : (i+1)*every] {
			sum += int(x)
		}
		slow[i] = int16(sum / every)
	}
	step := float64(rate) / float64(len(pcm)) * s.step
	var db []float64
	for f := 200.0; f < 3400; f += step {
		droop := 1.0 // of the mean above, which is a low pass
		if every > 1 {
			x := math.Pi * f / float64(rate)
			droop = math.Sin(float64(every)*x) / math.Sin(x) / float64(every)
		}
		db = append(db, dsp.Goertzel(slow, rate/every, f)-20*math.Log10(droop))
	}
	least := slices.Max(db) - s.floor
	for i := 1; i < len(db)-1; i++ {
		if a, b, c := db[i-1], db[i], db[i+1]; b >= least && b > a && b >= c {
			found = append(found, 200+step*(float64(i)+(a-c)/(a-2*b+c)/2))
		}
	}
	return found
}

// bursts finds where pcm sounds: 2 ms louder than 26 dB below the loudest. A gap of up to
// 14 ms is the beat of two sines.
func bursts(pcm []int16, rate int) (all []stretch) {
	const grain = 2 * time.Millisecond
	n := samples(rate, grain)
	var db []float64
	for i := 0; i+n <= len(pcm); i += n {
		db = append(db, dsp.Measure(pcm[i:i+n]).RMS)
	}
	grainIs := time.Duration(n) * time.Second / time.Duration(rate)
	loudest := slices.Max(db)
	if loudest < -60 {
		return nil
	}
	for i, l := range db {
		from, to := time.Duration(i)*grainIs, time.Duration(i+1)*grainIs
		switch n := len(all); {
		case l < loudest-26:
		case n > 0 && from-all[n-1].to <= 14*time.Millisecond:
			all[n-1].to = to
		default:
			all = append(all, stretch{from: from, to: to})
		}
	}
	return all
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

// The detector sees what is wrong, or it proves nothing.
func TestTheToneDetectorCanFail(t *testing.T) {
	const rate = 48000
	busy := parsePattern(t, "480+620/500 -/500")
	for _, c := range []struct{ name, country, want string }{
		{"right", "US", ""},
		{"another country's", "DE", "Hz"},
		{"another's cadence", "FR", "Hz"},
	} {
		got := strings.Join(compare(playTone(t, c.country, tone.Busy, rate, busy), rate, busy), "; ")
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	us := playTone(t, "US", tone.Busy, rate, busy)
	for _, c := range []struct{ name, wrong, say string }{
		{"2 % flat", "490+633/500 -/500", "± 1 %"},
		{"one is missing", "480/500 -/500", "are heard"},
		{"one too many", "480+620+700/500 -/500", "are heard"},
		{"30 ms longer", "480+620/530 -/470", "ends"},
		{"30 ms slower", "480+620/500 -/530", "begins"},
		{"it goes on", "480+620", "times"},
		{"it ends", "480+620/500 .", "times"},
		{"it changes", "480+620/250 480/250 -/500", "are heard"},
	} {
		if got := strings.Join(compare(us, rate, parsePattern(t, c.wrong)), "; "); !strings.Contains(got, c.say) {
			t.Errorf("%s: %q, want %q in it", c.name, got, c.say)
		}
	}
	loud := slices.Clone(us)
	for i := range loud {
		loud[i] *= 4
	}
	if got := strings.Join(compare(loud, rate, busy), "; "); !strings.Contains(got, "dBFS") {
		t.Errorf("four times as loud: %q", got)
	}
}
