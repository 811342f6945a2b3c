package main

import (
	"bufio"
	"compress/gzip"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	ms         = time.Millisecond
	packetTime = 20 * ms
	lost       = time.Duration(-1)
)

// A trace is what a network did to a stream of 20 ms packets.
type trace struct {
	name    string
	judge   bool            // else: the buffer was tuned on it
	transit []time.Duration // of each packet, or lost
	ppm     float64         // how much slower the sender's clock is than the card's
	calm    int             // the packet with which the network came to rest; 0: never
}

// sent is when packet i leaves, by the listener's clock.
func (t trace) sent(i int) time.Duration {
	return time.Duration(float64(i) * float64(packetTime) * (1 + t.ppm*1e-6))
}

func (t trace) least() time.Duration {
	least := time.Hour
	for _, d := range t.transit {
		if d != lost {
			least = min(least, d)
		}
	}
	return least
}

//go:embed g1050/*.txt.gz
var recorded embed.FS

// g1050 reads a trace of the folder of that name.
func g1050(severity string) (trace, error) {
	t := trace{name: "G.1050 " + severity}
	f, err := recorded.Open("g1050/sev" + severity + ".txt.gz")
	if err != nil {
		return t, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return t, fmt.Errorf("%s: %w", t.name, err)
	}
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "L" {
			t.transit = append(t.transit, lost)
			continue
		}
		d, err := strconv.ParseFloat(line, 64)
		if err != nil || d < 0 || d > 10_000 {
			return t, fmt.Errorf("%s: line %d: %q is no delay in ms", t.name, len(t.transit)+1, line)
		}
		t.transit = append(t.transit, time.Duration(d*float64(ms)))
	}
	return t, lines.Err()
}

func named(all []trace, part string) (some []trace) {
	for _, t := range all {
		if strings.Contains(t.name, part) {
			some = append(some, t)
		}
	}
	return some
}
