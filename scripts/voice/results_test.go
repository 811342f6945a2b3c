package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/trial"
)

// heard is a verdict with this delay for ten seconds from 20 s on.
func heard(delay time.Duration, distance, gap, stoi float64) measure.Verdict {
	v := measure.Verdict{Distance: distance, Gap: gap, STOI: stoi, Speech: 10}
	for at := 20 * time.Second; at < 30*time.Second; at += 64 * time.Millisecond {
		v.Track = append(v.Track, measure.Point{At: at, Delay: delay, Alike: 0.9})
	}
	return v
}

// calm is a track from 30 s on whose delay is long for a while.
func calm(long time.Duration) (t measure.Track) {
	for at := 30 * time.Second; at < 42*time.Second; at += 64 * time.Millisecond {
		p := measure.Point{At: at, Delay: 70 * time.Millisecond, Alike: 0.9}
		if at < 30*time.Second+long {
			p.Delay = 140 * time.Millisecond
		}
		t = append(t, p)
	}
	return t
}

// one is a call in which Offhook has these figures, and the peers have those of theirs.
func one(t *testing.T, name string, v measure.Verdict, cpu, recovers time.Duration) call {
	t.Helper()
	cases, err := chosen(name)
	if err != nil {
		t.Fatal(err)
	}
	c := call{circumstance: cases[0], codec: trial.Codecs[0], lasted: 10 * time.Second, lost: cases[0].network.Loss}
	for i := range c.pairs {
		f := &c.pairs[i]
		f.from = 20 * time.Second
		for k := range f.ears {
			f.ears[k], f.uses[k] = heard(time.Duration(150+50*i)*time.Millisecond, 2, 0.01, 0.95), trial.Usage{CPU: 100 * time.Millisecond, Waits: 1600, Peak: 10 << 20}
			if i == int(trial.Offhook) {
				f.ears[k], f.uses[k].CPU = v, cpu
			}
			if c.calm {
				f.calm[k] = calm(recovers)
			}
		}
	}
	return c
}

func TestTheTableSaysWhatWasMeasured(t *testing.T) {
	c := one(t, "jitter", heard(62*time.Millisecond, 0.5, 0.002, 0.99), 80*time.Millisecond, 2*time.Second)
	c.pairs[trial.Baresip].ears[0] = measure.Verdict{STOI: math.NaN()}
	c.pairs[trial.Linphone].ears = [2]measure.Verdict{{STOI: math.NaN()}, {STOI: math.NaN()}}
	c.pairs[trial.Linphone].uses[0].Faults = 6
	c.pairs[trial.Offhook].xruns, c.pairs[trial.Offhook].opened = 3, 2
	c.pairs[trial.Baresip].uses[0].Sys, c.pairs[trial.Baresip].uses[0].CPU = 900*time.Millisecond, time.Second
	c.pairs[trial.Baresip].uses[1] = c.pairs[trial.Baresip].uses[0]
	text := results{calls: []call{c}, failed: []string{"Opus, clean: not measured: no such phone"}}.document().Text()
	for _, words := range []string{
		"G.711, jitter 0-60 ms, reordering: Offhook ", "62    62         0.50    0.20  0.990                  2.0            0.48",
		"baresip               200   200         1.00    0.50      -                  2.0            6.00    5.40             160  10.0",
		"nothing heard     -            -       -      -                    -",
		"Offhook gave its card up and opened it anew, 2 times",
		"baresip spends 5.4 s per 60 s in the kernel",
		"took memory from linphone, which waited 6 times",
		"Opus, clean: not measured",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("not there: %s", words)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestBusyAndUnluckyRunsSaySo(t *testing.T) {
	c := one(t, "loss10", heard(62*time.Millisecond, 0.5, 0.002, 0.99), 80*time.Millisecond, 0)
	if text := (results{calls: []call{c}}).document().Text(); strings.Contains(text, "BUSY") || strings.Contains(text, "the network lost") {
		t.Errorf("a good run is blamed:\n%s", text)
	}
	c.others, c.lost = 0.5, 0.02
	if text := (results{calls: []call{c}}).document().Text(); !strings.Contains(text, "BUSY") || !strings.Contains(text, "the network lost 2.0 %") {
		t.Errorf("a bad run is not told:\n%s", text)
	}
}

func TestAims(t *testing.T) {
	good := heard(59*time.Millisecond, 1.5, 0.005, 0.96)
	late := heard(160*time.Millisecond, 1.5, 0.005, 0.96)
	bad := heard(59*time.Millisecond, 2.5, 0.02, 0.9)
	const cheap, dear = 80 * time.Millisecond, 81 * time.Millisecond
	for _, c := range []struct {
		name, in string
		v        measure.Verdict
		cpu      time.Duration
		recovers time.Duration
		verdicts string // h: holds, m: missed
	}{
		{"all hold", "clean", good, cheap, 0, "hhh"},
		{"late and dear", "clean", late, dear, 0, "mmh"},
		{"jitter", "jitter", good, cheap, 4 * time.Second, "hhh"},
		{"jitter, never back", "jitter", late, cheap, 20 * time.Second, "mmh"},
		{"jitter, back too late", "jitter", good, cheap, 6 * time.Second, "hmh"},
		{"loss", "loss10", good, cheap, 0, "hhh"},
		{"bad under loss", "loss10", bad, cheap, 0, "mmm"},
		{"nothing heard", "loss10", measure.Verdict{STOI: math.NaN()}, cheap, 0, "mmm"},
		{"nothing heard, clean", "clean", measure.Verdict{STOI: math.NaN()}, cheap, 0, "mhm"},
		{"a trace", "g1050c", good, cheap, 0, "h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := results{calls: []call{one(t, c.in, c.v, c.cpu, c.recovers)}}.aims().Table[1:]
			got := ""
			for _, row := range rows {
				got += strings.ToLower(row[2][:1])
			}
			if got != c.verdicts {
				t.Errorf("%s instead of %s: %v", got, c.verdicts, rows)
			}
		})
	}
}

func TestChosen(t *testing.T) {
	all, err := chosen("")
	if err != nil || len(all) != 9 {
		t.Errorf("%d cases, %v", len(all), err)
	}
	some, err := chosen("jitter, clean")
	if err != nil || len(some) != 2 || some[0].name != "clean" {
		t.Errorf("%v, %v", some, err)
	}
	if _, err := chosen("clear"); err == nil || !strings.Contains(err.Error(), caseNames()) {
		t.Errorf("%v", err)
	}
	codecs, err := chosenCodecs("opus")
	if err != nil || len(codecs) != 1 || codecs[0].Name != "Opus" {
		t.Errorf("%v, %v", codecs, err)
	}
	if both, err := chosenCodecs(""); err != nil || len(both) != 2 {
		t.Errorf("%v, %v", both, err)
	}
	if _, err := chosenCodecs("mp3"); err == nil {
		t.Error("any codec will do")
	}
}

// The traces are read from where they are, and a missing one is told.
func TestNet(t *testing.T) {
	c, err := chosen("g1050e")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c[0].net(t.TempDir(), 1); err == nil || !strings.Contains(err.Error(), "sevE") {
		t.Errorf("%v", err)
	}
	if n, err := circumstances[2].net("", 7); err != nil || n.Seed != 7 || n.Loss != 0.05 {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestPageAndDrawings(t *testing.T) {
	v := heard(62*time.Millisecond, 0.5, 0.002, 0.99)
	r := results{calls: []call{one(t, "clean", v, time.Second, 0), one(t, "jitter", v, time.Second, 2*time.Second)}}
	page := filepath.Join(t.TempDir(), "voice.md")
	if err := r.write(page, r.document()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"delay-jitter-g711", "delay-g711", "distance-g711", "stoi-g711"} {
		svg, err := os.ReadFile(filepath.Join(filepath.Dir(page), "voice-"+name+".svg"))
		if err != nil || !strings.Contains(string(svg), "linphone") {
			t.Errorf("%s: %.80s, %v", name, svg, err)
		}
		if !strings.Contains(string(text), "(voice-"+name+".svg)") {
			t.Errorf("%s is not on the page", name)
		}
	}
	if strings.Contains(string(text), "opus") {
		t.Error("a codec that was not measured is drawn")
	}
}
