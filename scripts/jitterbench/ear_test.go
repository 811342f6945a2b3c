package main

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// scripted plays packet 0 after 30 ms, conceals 1 and cuts 5 ms from each other.
type scripted struct{ next int }

func (s *scripted) put(int, time.Duration) {}
func (s *scripted) play(now time.Duration, e *ear) {
	for e.at < now+step {
		switch {
		case now < 30*ms:
			e.conceal(step)
			continue
		case s.next == 1:
			e.conceal(packetTime)
		case s.next == 0:
			e.packet(0, 0)
		default:
			e.packet(s.next, -5*ms)
		}
		s.next++
	}
}

func TestAccount(t *testing.T) {
	r := listen(trace{transit: make([]time.Duration, 5)}, &scripted{})
	// Silence before the first packet is no gap; the first sounds at 33.7 ms.
	if r.heard[0] != (moment{33700 * time.Microsecond, 33700 * time.Microsecond}) {
		t.Errorf("first %+v", r.heard[0])
	}
	n := len(r.heard)
	if want := 20.0 / float64(20*n+20); math.Abs(r.concealed-want) > 1e-9 {
		t.Errorf("made up %v, want %v", r.concealed, want)
	}
	if want := 5.0 * float64(n-1) / float64(20*n+20); math.Abs(r.stretched-want) > 1e-9 {
		t.Errorf("stretched %v, want %v", r.stretched, want)
	}
	if d := r.heard[1].delay; d != 33700*time.Microsecond {
		t.Errorf("packet 2 after %v", d)
	}
}

func TestRating(t *testing.T) {
	// G.107 with its defaults: 93.2, and G.113's Ie-eff for 5 % of G.711 with concealment.
	if r := rating(0, 0); math.Abs(r-93.2) > 2 {
		t.Errorf("R without loss is %v", r)
	}
	if d := rating(0, 0) - rating(0, 0.05); math.Abs(d-95*5/30.1) > 0.1 {
		t.Errorf("5 %% cost %v", d)
	}
	if rating(200*ms, 0) > rating(100*ms, 0)-3 {
		t.Error("delay costs nothing")
	}
}

// What must hold for the phone's buffer, on networks that it was not tuned on.
func TestAims(t *testing.T) {
	all, err := networks()
	if err != nil {
		t.Fatal(err)
	}
	within := func(name string, delay, p95 time.Duration, madeUp float64) {
		t.Helper()
		for _, net := range named(all, name) {
			r := listen(net, policies()[0].make())
			if r.delay > delay || r.delay95 > p95 || r.concealed > madeUp {
				t.Errorf("%s: %v, 95 %% %v, made up %.2f %%", net.name, r.delay, r.delay95, 100*r.concealed)
			}
			if net.calm > 0 && (r.settled < 0 || r.settled > 5*time.Second) {
				t.Errorf("%s: settled after %v", net.name, r.settled)
			}
		}
	}
	within("clean", 10*ms, 15*ms, 0)
	within("ppm", 11*ms, 16*ms, 0)
	within("jitter 0-60", 75*ms, 90*ms, 0.06)
	within("calm", 60*ms, 90*ms, 0.003)
}

// Against the published policies: rated better over the networks that judge, and sooner back.
func TestBesideOthers(t *testing.T) {
	all, err := networks()
	if err != nil {
		t.Fatal(err)
	}
	var judged []trace
	for _, net := range all {
		if net.judge {
			judged = append(judged, net)
		}
	}
	sums := make([]float64, len(policies()))
	for _, row := range playAll(judged, policies()) {
		for i, r := range row {
			sums[i] += r.rating / float64(len(judged))
		}
	}
	for i, s := range sums[1:] {
		if s >= sums[0] {
			t.Errorf("%s is rated %.2f, Offhook %.2f", policies()[i+1].name, s, sums[0])
		}
	}
}

func TestTheSameEachTime(t *testing.T) {
	net := model("", 3, 3000, losing(uniform(60*ms), 0.05))
	for _, p := range policies() {
		if !reflect.DeepEqual(listen(net, p.make()), listen(net, p.make())) {
			t.Errorf("%s plays differently", p.name)
		}
	}
}

func TestPage(t *testing.T) {
	net := model("a network", 3, 500, lan)
	net.judge, net.calm = true, 250
	p := report([]trace{net}, policies()[:2])
	for _, want := range []string{"Judged by these", "a network", "NetEQ: ms", "mean"} {
		if !strings.Contains(p.text(), want) || !strings.Contains(p.markdown(), want) {
			t.Errorf("no %q in\n%s\n%s", want, p.text(), p.markdown())
		}
	}
	if svg := drawing(net, policies()[:2]); strings.Count(svg, "<polyline") != 2 || !strings.HasSuffix(svg, "</svg>\n") {
		t.Errorf("%.300s", svg)
	}
}
