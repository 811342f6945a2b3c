package main

import (
	"math"
	"testing"
	"time"
)

func TestFixedPlaysAHundredLater(t *testing.T) {
	r := listen(model("", 1, 1000, lan), newFixed(100*ms))
	if r.concealed != 0 || r.delay < 99*ms || r.delay > 102*ms || len(r.heard) < 990 {
		t.Errorf("%v, made up %v, %d played", r.delay, r.concealed, len(r.heard))
	}
	// What comes more than 100 ms later than the first is lost to it.
	late := model("", 1, 1000, lan)
	for i := 100; i < 1000; i += 100 {
		late.transit[i] = 130 * ms
	}
	if r := listen(late, newFixed(100*ms)); math.Abs(r.concealed-0.009) > 0.001 {
		t.Errorf("made up %v", r.concealed)
	}
}

func TestNetEQHistogram(t *testing.T) {
	h := newHistogram(nqForget)
	for range 2000 {
		h.add(3)
	}
	if q := h.quantile(0.95); q != 3 {
		t.Errorf("quantile %d", q)
	}
	sum := 0.0
	for _, w := range h.weights {
		sum += w
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("weights are %v together", sum)
	}
	n := 0
	for ; h.quantile(0.95) == 3; n++ {
		h.add(0)
	}
	// 0.983^n = 0.05
	if n < 170 || n > 180 {
		t.Errorf("forgotten after %d", n)
	}
}

// The target that NetEQ's source has for jitter of 0-60 ms: the 20 ms bucket above.
func TestNetEQTarget(t *testing.T) {
	n := newNetEQ()
	listen(model("", 1, 3000, uniform(59*ms)), n)
	if n.target != 60*ms {
		t.Errorf("target %v", n.target)
	}
	quiet := newNetEQ()
	listen(model("", 1, 3000, lan), quiet)
	if quiet.target != 20*ms {
		t.Errorf("target %v on a quiet network", quiet.target)
	}
}

// pjsip: the level follows bursts at once and comes back by a third after 20 quieter ones.
func TestPjsipLevel(t *testing.T) {
	p := newPjsip()
	burst := func(n int) {
		for range n {
			p.put(p.high+1, 0)
		}
		for range n {
			p.play(0, &ear{net: trace{}, talk: newTalker()})
		}
	}
	for range 10 {
		burst(1)
	}
	if p.effective != 1 {
		t.Errorf("level %d after single packets", p.effective)
	}
	burst(4)
	if p.effective != 4 {
		t.Errorf("level %d after a burst of 4", p.effective)
	}
	for range 20 {
		burst(1)
	}
	if p.effective != 4 {
		t.Errorf("level %d after 20 quiet bursts", p.effective)
	}
	for range 60 {
		burst(1)
	}
	if p.effective >= 4 {
		t.Errorf("level %d after 80 quiet bursts", p.effective)
	}
}

// Nobody loses or makes up anything on a quiet network, and all play every packet.
func TestQuietNetwork(t *testing.T) {
	net := model("", 5, 3000, lan)
	for _, p := range policies() {
		r := listen(net, p.make())
		if r.concealed > 0.001 || len(r.heard) < 2985 || r.delay > 105*ms || r.delay < time.Millisecond {
			t.Errorf("%s: %v, made up %v, %d played", p.name, r.delay, r.concealed, len(r.heard))
		}
	}
}
