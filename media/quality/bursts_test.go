package quality

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// note plays a drawn stream: . came, x lost.
func note(stream string) (b Bursts) {
	for _, c := range stream {
		if c == 'x' {
			b.Lost(1)
		} else {
			b.Came(1)
		}
	}
	return b
}

func dots(n int) string { return strings.Repeat(".", n) }

func TestBursts(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		want         Pattern
	}{
		{"nothing", "", Pattern{Ratio: 1}},
		{"all came", dots(40), Pattern{Packets: 40, GapLength: 40, Ratio: 1}},
		{"one alone", dots(20) + "x" + dots(19), Pattern{Packets: 40, Lost: 1, Gap: 1.0 / 40, GapLength: 40, Ratio: 1}},
		{"two, 16 apart", dots(4) + "x" + dots(16) + "x" + dots(18), Pattern{Packets: 40, Lost: 2, Gap: 2.0 / 40, GapLength: 40, Ratio: 1}},
		{"two, 15 apart", dots(5) + "x" + dots(15) + "x" + dots(18), Pattern{Packets: 40, Lost: 2, Burst: 2.0 / 17, BurstLength: 17, GapLength: 11.5, Ratio: 1}},
		{"one run", dots(18) + "xxxx" + dots(18), Pattern{Packets: 40, Lost: 4, Burst: 1, BurstLength: 4, GapLength: 18, Ratio: 3.6}},
		{"under way", dots(36) + "xxx.", Pattern{Packets: 40, Lost: 3, Burst: 1, BurstLength: 3, GapLength: 18.5, Ratio: 3 * (1 - 3.0/40)}},
		{"all lost", "xxxxxxxx", Pattern{Packets: 8, Lost: 8, Burst: 1, BurstLength: 8, Ratio: 1}},
	} {
		got := note(c.stream).Pattern()
		if near(got.Ratio, c.want.Ratio, 1e-9) {
			got.Ratio = c.want.Ratio
		}
		if got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

// The same as by the definition, looked at as a whole.
func TestBurstsByDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 300 {
		var s strings.Builder
		bad := false
		for range r.IntN(600) {
			if r.IntN(25) == 0 {
				bad = !bad
			}
			if bad && r.IntN(3) == 0 || r.IntN(60) == 0 {
				s.WriteByte('x')
			} else {
				s.WriteByte('.')
			}
		}
		stream := s.String()
		var bursts, packets, lost int
		for rest := stream; ; {
			from := strings.IndexByte(rest, 'x')
			if from < 0 {
				break
			}
			rest = rest[from:]
			part, after, more := strings.Cut(rest, dots(Gmin))
			part = strings.TrimRight(part, ".")
			if n := strings.Count(part, "x"); n > 1 {
				bursts, packets, lost = bursts+1, packets+len(part), lost+n
			}
			if rest = after; !more {
				break
			}
		}
		p := note(stream).Pattern()
		var want Pattern
		if bursts > 0 {
			want.Burst, want.BurstLength = float64(lost)/float64(packets), float64(packets)/float64(bursts)
		}
		if p.Burst != want.Burst || p.BurstLength != want.BurstLength || p.Lost != uint64(strings.Count(stream, "x")) {
			t.Fatalf("%s:\n got %+v\nwant %+v", stream, p, want)
		}
	}
}

// Losses at random have a BurstR of one, whatever their share.
func TestBurstRatioOfRandomLoss(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, share := range []int{2, 10, 40} {
		var b Bursts
		for range 200000 {
			if r.IntN(100) < share {
				b.Lost(1)
			} else {
				b.Came(1)
			}
		}
		if p := b.Pattern(); !near(p.Ratio, 1, 0.03) || !near(p.Loss(), float64(share)/100, 0.005) {
			t.Errorf("%d %%: BurstR %.3f, loss %.4f", share, p.Ratio, p.Loss())
		}
	}
}
