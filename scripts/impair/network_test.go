package impair

import (
	"bytes"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const many = 20000

func fates(n Network, direction int) (all []Fate) {
	p := n.Path(direction)
	for i := range uint32(many) {
		all = append(all, p.Fate(i))
	}
	return all
}

// lost is the share that is lost, and how many in a row on average.
func lost(all []Fate) (share, run float64) {
	n, runs := 0.0, 0.0
	for i, f := range all {
		if f.Lost {
			n++
			if i == 0 || !all[i-1].Lost {
				runs++
			}
		}
	}
	return n / float64(len(all)), n / max(runs, 1)
}

func TestLossIsAsItIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		n          Network
		share, run float64
	}{
		{Network{}, 0, 0},
		{Network{Loss: 0.05, Seed: 1}, 0.05, 1 / 0.95},
		{Network{Loss: 0.1, Seed: 2}, 0.1, 1 / 0.9},
		{Network{Loss: 0.1, Burst: 3, Seed: 3}, 0.1, 3},
		{Network{Loss: 0.3, Burst: 10, Seed: 4}, 0.3, 10},
		{Network{Loss: 1}, 1, many},
	} {
		share, run := lost(fates(c.n, 0))
		if math.Abs(share-c.share) > 0.15*c.share || math.Abs(run-c.run) > 0.1*c.run {
			t.Errorf("%+v: %.4f is lost, %.2f at a time", c.n, share, run)
		}
	}
}

func TestJitterIsEven(t *testing.T) {
	var sum time.Duration
	most, overtaken := time.Duration(0), 0
	all := fates(Network{Jitter: 60 * time.Millisecond, Seed: 5}, 0)
	for i, f := range all {
		if f.Lost || f.Late < 0 {
			t.Fatalf("packet %d: %+v", i, f)
		}
		if i > 0 && f.Late+20*time.Millisecond < all[i-1].Late {
			overtaken++
		}
		sum, most = sum+f.Late, max(most, f.Late)
	}
	if mean := sum / many; mean < 29*time.Millisecond || mean > 31*time.Millisecond || most > 60*time.Millisecond || most < 59*time.Millisecond {
		t.Errorf("late by %v on average, %v at the most", mean, most)
	}
	if overtaken < many/10 { // two ninths of them are
		t.Errorf("%d of %d packets are overtaken", overtaken, many)
	}
}

// The same again each time, in whatever order it is asked, and not the same for another
// seed or the other way.
func TestFateDependsOnTheSeedAlone(t *testing.T) {
	n := Network{Loss: 0.2, Burst: 2, Jitter: 50 * time.Millisecond, Seed: 6}
	all := fates(n, 0)
	if !slices.Equal(all, fates(n, 0)) {
		t.Error("it is another one the second time")
	}
	p := n.Path(0)
	for i := many - 1; i >= 0; i-- {
		if p.Fate(uint32(i)) != all[i] {
			t.Fatalf("packet %d fares another way when it is asked first", i)
		}
	}
	other := n
	other.Seed++
	for what, others := range map[string][]Fate{"seed": fates(other, 0), "direction": fates(n, 1)} {
		same := 0
		for i := range all {
			if all[i].Lost == others[i].Lost {
				same++
			}
		}
		if share := float64(same) / many; math.Abs(share-(0.8*0.8+0.2*0.2)) > 0.03 {
			t.Errorf("another %s: %.3f are lost together", what, share)
		}
	}
}

func TestTrace(t *testing.T) {
	trace, err := ReadTrace(strings.NewReader("32.7\nL\n 0 \n105\n"))
	want := Trace{{Late: 32700 * time.Microsecond}, {Lost: true}, {}, {Late: 105 * time.Millisecond}}
	if err != nil || !slices.Equal(trace, want) {
		t.Fatalf("%v, %v", trace, err)
	}
	n := Network{Trace: trace, Loss: 1}
	if there, back := n.Path(0), n.Path(1); there.Fate(5) != want[1] || back.Fate(0) != want[2] || back.Fate(3) != want[1] {
		t.Error("a trace is not played over and over, from its middle the other way")
	}
	for text, words := range map[string]string{
		"":           "1: no packets",
		"1\n\n2":     `2: "" is neither`,
		"-1":         `1: "-1" is neither`,
		"NaN":        "1:",
		"1\nlost":    `2: "lost" is neither`,
		"20000":      "1:",
		"1e300":      "1:",
		"1\n2\nl\n3": "3:",
	} {
		if _, err := ReadTrace(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := LoadTrace(t.TempDir() + "/none"); err == nil {
		t.Error("a trace that is not there is read")
	}
}

func TestCompressedTrace(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte("1\nL\n")); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.txt.gz")
	for _, c := range []struct {
		octets []byte
		good   bool
	}{{b.Bytes(), true}, {[]byte("1\nL\n"), false}, {b.Bytes()[:b.Len()-9], false}} {
		if err := os.WriteFile(path, c.octets, 0o644); err != nil {
			t.Fatal(err)
		}
		if trace, err := LoadTrace(path); (err == nil) != c.good || c.good && len(trace) != 2 {
			t.Errorf("%d octets: %v, %v", len(c.octets), trace, err)
		}
	}
}

func FuzzReadTrace(f *testing.F) {
	f.Add("32.7\nL\n0\n")
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ReadTrace(strings.NewReader(text))
		if (err == nil) != (len(trace) > 0) {
			t.Errorf("%d packets and %v", len(trace), err)
		}
		for _, x := range trace {
			if x.Late < 0 || x.Late > latest {
				t.Errorf("late by %v", x.Late)
			}
		}
	})
}
