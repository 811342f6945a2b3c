package tone

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What each tone must be, written down from the standards apart from the plans: the
// frequencies that are found in each burst, and the cadence in ms, on and off, from the
// beginning. A colon: what comes after it repeats. "once": it ends. Modulation shows as
// side frequencies.
const wanted = `
AU dial          413+438
AU stutter-dial  413+438 100 40
AU ringback      413+438 400 200 400 2000
AU busy          425 375 375
AU congestion    425 375 375
AU unobtainable  425 2500 500
AU call-waiting  425 once 200 200 200
AU disconnect    425 375 375
AU ring          bell 400 200 400 2000
CN dial          450
CN stutter-dial  450 400 40
CN ringback      450 1000 4000
CN busy          450 350 350
CN congestion    450 700 700
CN unobtainable  450 100 100 100 100 100 100 400 400
CN call-waiting  450 once 400
CN disconnect    450 350 350
CN ring          bell 1000 4000
DE dial          425
DE stutter-dial  400+425
DE ringback      425 1000 4000
DE busy          425 480 480
DE congestion    425 240 240
DE unobtainable  950,1400,1800 990 1000
DE call-waiting  425 once 200 200 200
DE disconnect    425 480 480
DE ring          bell 1000 4000
FR dial          440
FR stutter-dial  330+440
FR ringback      440 1500 3500
FR busy          440 500 500
FR congestion    440 250 250
FR unobtainable  950,1400,1800 990 1000
FR call-waiting  440 once 300
FR disconnect    440 500 500
FR ring          bell 1500 3500
GB dial          350+440
GB stutter-dial  350+440,440
GB ringback      400+450 400 200 400 2000
GB busy          400 375 375
GB congestion    400 400 350 225 525
GB unobtainable  400
GB call-waiting  400 once 100
GB disconnect    400
GB ring          bell 400 200 400 2000
IN dial          375+400+425
IN stutter-dial  400 2800 200
IN ringback      375+400+425 400 200 400 2000
IN busy          400 750 750
IN congestion    400 250 250
IN unobtainable  950,1400,1800 990 1000
IN call-waiting  400 once 200 100 200
IN disconnect    400 750 750
IN ring          bell 400 200 400 2000
JP dial          400
JP stutter-dial  400 125 125
JP ringback      384+400+416 1000 2000
JP busy          400 500 500
JP congestion    400 250 250
JP unobtainable  950,1400,1800 990 1000
JP call-waiting  384+400+416 once 500
JP disconnect    400 500 500
JP ring          bell 1000 2000
US dial          350+440
US stutter-dial  350+440 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100 :
US ringback      440+480 2000 4000
US busy          480+620 500 500
US congestion    480+620 250 250
US unobtainable  985.2,1370.6,1776.7 1034 1000
US call-waiting  440 once 300
US disconnect    480+620 250 250
US ring          bell 2000 4000
*  howler          1400+2060+2450+2600 100 100
*  not-registered  620,440 400 600
*  confirm         880 once 60 60 60
*  reject          300 once 250
*  hold            660 once 80 120 80
`

func render(s Spec, rate int, d time.Duration) []int16 {
	g := NewGenerator(rate)
	g.Start(s)
	pcm := make([]int16, int(d.Seconds()*float64(rate)))
	for at := 0; at < len(pcm); at += 160 {
		g.Read(pcm[at:min(at+160, len(pcm))])
	}
	return pcm
}

func TestPlansHoldTheirStandards(t *testing.T) {
	const rate = 8000
	tested := 0
	for line := range strings.Lines(strings.TrimSpace(wanted)) {
		field := strings.Fields(line)
		countries := []string{field[0]}
		if field[0] == "*" {
			countries = Countries()
		}
		for _, country := range countries {
			p, ok := ForCountry(country)
			if !ok {
				t.Fatalf("no plan of %s", country)
			}
			name := Name(slices.Index(words[:], strings.ReplaceAll(field[1], "-", " ")))
			if field[1] == "not-registered" {
				name = NotRegistered
			}
			s := p.Spec(name)
			tested++
			t.Run(country+" "+field[1], func(t *testing.T) {
				check(t, s, field[2], field[3:], rate)
				if s.Source == "" {
					t.Error("it has no source")
				}
			})
		}
	}
	if want := len(Countries()) * len(Names()); tested != want {
		t.Errorf("%d tones are tested, %d exist", tested, want)
	}
}

// check plays 7 s of s and compares.
func check(t *testing.T, s Spec, freq string, cadence []string, rate int) {
	pcm := render(s, rate, 7*time.Second)
	once := len(cadence) > 0 && cadence[0] == "once"
	if once {
		cadence = cadence[1:]
	}
	if s.Once != once {
		t.Errorf("once: %v", s.Once)
	}
	// Where it should sound, until the end of pcm.
	var want []span
	for at, on := 0, true; at < len(pcm); {
		if len(cadence) == 0 {
			want = append(want, span{0, len(pcm)})
			break
		}
		steady := false
		for _, c := range cadence {
			if c == ":" {
				want = append(want, span{at, len(pcm)})
				steady = true
				break
			}
			ms, err := strconv.Atoi(c)
			if err != nil {
				t.Fatal(err)
			}
			end := at + ms*rate/1000
			if on && at < len(pcm) {
				want = append(want, span{at, min(end, len(pcm))})
			}
			at, on = end, !on
		}
		if once || steady {
			break
		}
	}
	got := spans(pcm, rate)
	if len(got) != len(want) {
		t.Fatalf("it sounds %d times in 7 s, want %d: %v", len(got), len(want), got)
	}
	slack := 10 * rate / 1000
	for i := range got {
		if d := got[i].from - want[i].from; d > slack || d < -slack {
			t.Errorf("burst %d begins %d ms off", i, d*1000/rate)
		}
		if d := got[i].to - want[i].to; d > slack || d < -slack {
			t.Errorf("burst %d ends %d ms off", i, d*1000/rate)
		}
	}
	checkSound(t, s, freq, pcm[want[0].from:min(want[0].to, rate*3)], rate)
	last := want[len(want)-1]
	if !once && last.to-last.from > rate/5 && !strings.Contains(freq, ",") { // it is the same when it has gone on for long
		checkSound(t, s, freq, pcm[last.from:last.to], rate)
	}
}

// checkSound compares the frequencies and the level of one burst.
func checkSound(t *testing.T, s Spec, freq string, burst []int16, rate int) {
	if freq == "bell" {
		half := rate / 32
		for i, pair := range [][]float64{{1000, 2000}, {1250, 2500}} {
			if u := unexplained(burst[i*half+60:(i+1)*half-40], rate, pair); u > -25 {
				t.Errorf("%v Hz leave %.1f dB unexplained", pair, u)
			}
		}
		checkLevel(t, s, burst, rate)
		return
	}
	parts := strings.Split(freq, ",")
	if len(parts) > 1 && len(burst) == rate*3 {
		burst = burst[:rate*3/2] // GB: one round
	}
	edge := rate / 200
	for i, part := range parts {
		from, to := i*len(burst)/len(parts), (i+1)*len(burst)/len(parts)
		if freq == "985.2,1370.6,1776.7" { // of unequal length
			from, to = []int{0, 380, 654}[i]*rate/1000, []int{380, 654, 1034}[i]*rate/1000
		} else if freq == "620,440" {
			from, to = []int{0, 180}[i]*rate/1000, []int{180, 400}[i]*rate/1000
		}
		piece := burst[from+edge : to-edge]
		var want []float64
		for f := range strings.SplitSeq(part, "+") {
			x, _ := strconv.ParseFloat(f, 64)
			want = append(want, x)
		}
		if u := unexplained(piece[:min(len(piece), rate/2)], rate, want); u > -30 {
			t.Errorf("%s Hz leave %.1f dB unexplained", part, u)
		}
		if len(piece) < rate/5 {
			continue // too short to tell 25 Hz apart blindly
		}
		got := frequencies(piece[:min(len(piece), rate/4)], rate)
		if len(got) != len(want) {
			t.Errorf("frequencies %.1f, want %v", got, want)
			continue
		}
		for j := range got {
			if math.Abs(got[j]/want[j]-1) > 0.01 {
				t.Errorf("%.1f Hz, want %v", got[j], want[j])
			}
		}
	}
	checkLevel(t, s, burst, rate)
}

func checkLevel(t *testing.T, s Spec, burst []int16, rate int) {
	want := s.Level
	if want == 0 {
		want = -22
	}
	// Whole periods of the slowest beat as far as there are.
	if got := rms(burst[rate/200 : len(burst)-rate/200]); math.Abs(got-want) > 1 {
		t.Errorf("level %.1f dBFS, want %v", got, want)
	}
	for _, x := range burst {
		if x == 32767 || x == -32768 {
			t.Error("it clips")
			break
		}
	}
	if want > -12 && s.Level != RingLevel && s.Level != DigitLevel {
		t.Errorf("%v dBFS is too loud for an ear", want)
	}
}
