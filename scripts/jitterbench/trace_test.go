package main

import (
	"slices"
	"testing"
	"time"
)

// The traces are those of the table in g1050/README.md.
func TestRecordedTraces(t *testing.T) {
	for _, c := range []struct {
		severity string
		loss     float64 // percent
		p95      float64 // ms over the least
	}{{"B", 0.01, 11}, {"C", 0.07, 18}, {"D", 0.27, 41}, {"E", 0.55, 82}, {"F", 1.64, 163}, {"G", 4.0, 279}} {
		tr, err := g1050(c.severity)
		if err != nil {
			t.Fatal(err)
		}
		if len(tr.transit) != 15000 {
			t.Errorf("%s: %d packets", tr.name, len(tr.transit))
		}
		gone, over := 0, []time.Duration{}
		for _, d := range tr.transit {
			if d == lost {
				gone++
			} else {
				over = append(over, d-tr.least())
			}
		}
		slices.Sort(over)
		loss, p95 := 100*float64(gone)/15000, millis(over[len(over)*95/100])
		if loss < c.loss-0.06 || loss > c.loss+0.06 || p95 < c.p95-1.5 || p95 > c.p95+1.5 {
			t.Errorf("%s: %.2f %% lost, 95 %% within %.1f ms: want %v, %v", tr.name, loss, p95, c.loss, c.p95)
		}
	}
	if _, err := g1050("Z"); err == nil {
		t.Error("there is a severity Z")
	}
}

func TestModelsDoWhatTheySay(t *testing.T) {
	share := func(tr trace) float64 {
		n := 0
		for _, d := range tr.transit {
			if d == lost {
				n++
			}
		}
		return float64(n) / float64(len(tr.transit))
	}
	if s := share(model("", 1, 50000, losing(lan, 0.1))); s < 0.095 || s > 0.105 {
		t.Errorf("10 %% loss: %v", s)
	}
	tr := model("", 1, 50000, bursts(lan, 0.1, 3))
	if s := share(tr); s < 0.09 || s > 0.11 {
		t.Errorf("10 %% in bursts: %v", s)
	}
	runs, in := 0, false
	for _, d := range tr.transit {
		if d == lost && !in {
			runs++
		}
		in = d == lost
	}
	if mean := share(tr) * 50000 / float64(runs); mean < 2.7 || mean > 3.3 {
		t.Errorf("bursts of %v", mean)
	}
	for _, d := range model("", 1, 5000, uniform(60*ms)).transit {
		if d < 0 || d >= 60*ms {
			t.Fatalf("jitter 0-60: %v", d)
		}
	}
	if d := drifting("", 1, 200); d.sent(180000)-time.Hour != 720*ms {
		t.Errorf("200 ppm in an hour are %v", d.sent(180000)-time.Hour)
	}
}

func TestHalvesDiffer(t *testing.T) {
	all, err := networks()
	if err != nil {
		t.Fatal(err)
	}
	tuned, judged := 0, 0
	for i, a := range all {
		if a.judge {
			judged++
		} else {
			tuned++
		}
		for _, b := range all[:i] {
			if slices.Equal(a.transit, b.transit) && a.ppm == b.ppm {
				t.Errorf("%s is there twice", a.name)
			}
		}
	}
	if tuned < 10 || judged < tuned {
		t.Errorf("%d and %d networks", tuned, judged)
	}
	if n := len(named(all, "G.1050")); n != 6 {
		t.Errorf("%d recorded networks", n)
	}
}
