package media

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/tone"
)

// A pattern is what should be heard: sounds and pauses in turn.
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
