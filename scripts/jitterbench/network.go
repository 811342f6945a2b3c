package main

import (
	"math/rand/v2"
	"time"
)

// networks are the traces: those the buffer was tuned on, then those it is judged by.
// The models of both halves differ in their seeds and in what they do.
func networks() ([]trace, error) {
	all := []trace{
		model("clean", 1, minutes(2), lan),
		model("loss 5 %", 2, minutes(5), losing(lan, 0.05)),
		model("bursts of 3, 5 %", 3, minutes(5), bursts(lan, 0.05, 3)),
		model("jitter 0-40", 4, minutes(5), uniform(40*ms)),
		model("jitter 0-60", 5, minutes(5), uniform(60*ms)),
		model("jitter 0-60, 5 %", 6, minutes(5), losing(uniform(60*ms), 0.05)),
		model("spikes of 150", 7, minutes(5), spikes(10*time.Second, 150*ms)),
		calming("60 then calm", 8, 60*ms),
		drifting("+200 ppm, 1 h", 9, 200),
	}
	for _, s := range []string{"C", "E", "G"} {
		t, err := g1050(s)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	judged := []trace{
		model("clean", 11, minutes(2), lan),
		model("loss 10 %", 12, minutes(5), losing(lan, 0.10)),
		model("bursts of 3, 10 %", 13, minutes(5), bursts(lan, 0.10, 3)),
		model("jitter 0-20", 14, minutes(5), uniform(20*ms)),
		model("jitter 0-60", 15, minutes(5), uniform(60*ms)),
		model("jitter 0-60, 5 %", 16, minutes(5), losing(uniform(60*ms), 0.05)),
		model("jitter 0-100", 17, minutes(5), uniform(100*ms)),
		model("spikes of 250", 18, minutes(5), spikes(20*time.Second, 250*ms)),
		model("radio, 5 at once", 19, minutes(5), radio),
		model("route ±40", 20, minutes(5), route),
		calming("60 then calm", 21, 60*ms),
		drifting("-200 ppm, 1 h", 22, -200),
	}
	for _, s := range []string{"B", "D", "F"} {
		t, err := g1050(s)
		if err != nil {
			return nil, err
		}
		judged = append(judged, t)
	}
	for i := range judged {
		judged[i].judge = true
	}
	return append(all, judged...), nil
}

func minutes(n int) int { return n * int(time.Minute/packetTime) }

// A weather is what becomes of packet i.
type weather func(i int, rng *rand.Rand) time.Duration

func model(name string, seed uint64, packets int, w weather) trace {
	rng := rand.New(rand.NewPCG(seed, 1050))
	t := trace{name: name, transit: make([]time.Duration, packets)}
	for i := range t.transit {
		t.transit[i] = w(i, rng)
	}
	return t
}

// lan is a quiet network: what comes late by up to 1 ms does so in the sender.
func lan(_ int, rng *rand.Rand) time.Duration { return time.Duration(rng.Int64N(int64(ms))) }

func uniform(most time.Duration) weather {
	return func(_ int, rng *rand.Rand) time.Duration { return time.Duration(rng.Int64N(int64(most))) }
}

func losing(w weather, share float64) weather {
	return func(i int, rng *rand.Rand) time.Duration {
		d := w(i, rng)
		if rng.Float64() < share {
			return lost
		}
		return d
	}
}

// bursts loses share of the packets, length at once on average (Gilbert's model).
func bursts(w weather, share, length float64) weather {
	bad := false
	return func(i int, rng *rand.Rand) time.Duration {
		p := rng.Float64()
		if bad {
			bad = p >= 1/length
		} else {
			bad = p < share/length/(1-share)
		}
		if d := w(i, rng); !bad {
			return d
		}
		return lost
	}
}

// spikes holds everything back now and then, and then lets it go at once.
func spikes(every, most time.Duration) weather {
	var left time.Duration
	return func(i int, rng *rand.Rand) time.Duration {
		if left -= packetTime; left <= 0 && rng.Float64() < float64(packetTime)/float64(every) {
			left = most/2 + time.Duration(rng.Int64N(int64(most/2)))
		}
		return max(left, 0) + lan(i, rng)
	}
}

// radio sleeps for 100 ms at a time.
func radio(i int, rng *rand.Rand) time.Duration {
	return time.Duration(4-i%5)*packetTime + lan(i, rng)
}

// route changes to one 40 ms longer and back, every half minute.
func route(i int, rng *rand.Rand) time.Duration {
	return time.Duration(i/1500%2)*40*ms + uniform(8*ms)(i, rng)
}

// calming alternates a minute of jitter with half a minute of calm, once each.
func calming(name string, seed uint64, most time.Duration) trace {
	n := minutes(1)
	t := model(name, seed, n+n/2, func(i int, rng *rand.Rand) time.Duration {
		if i < n {
			return uniform(most)(i, rng)
		}
		return lan(i, rng)
	})
	t.calm = n
	return t
}

func drifting(name string, seed uint64, ppm float64) trace {
	t := model(name, seed, minutes(60), lan)
	t.ppm = ppm
	return t
}
