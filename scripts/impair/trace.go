package impair

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// A Trace is the fates of the packets of one stream of 20 ms, one after the other.
type Trace []Fate

// Limits of a trace: a day of packets, and ten seconds on the way.
const (
	longest = 24 * 3600 * 50
	latest  = 10 * time.Second
)

// LoadTrace reads a trace of ITU-T G.1050 from a file, which may be compressed (".gz"): one
// line for each packet, with its delay in ms, or "L" for a lost one.
func LoadTrace(path string) (Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("impair: %w", err)
	}
	defer f.Close()
	var text io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("impair: %s: %w", path, err)
		}
	}
	t, err := ReadTrace(text)
	if err != nil {
		return nil, fmt.Errorf("impair: %s:%w", path, err)
	}
	return t, nil
}

// ReadTrace is LoadTrace from a reader. Its error begins with the number of the line.
func ReadTrace(r io.Reader) (t Trace, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		word := strings.TrimSpace(lines.Text())
		if word == "L" {
			t = append(t, Fate{Lost: true})
			continue
		}
		ms, err := strconv.ParseFloat(word, 64)
		if late := time.Duration(ms * float64(time.Millisecond)); err != nil || !(ms >= 0) || ms > 1e6 || late > latest {
			return nil, fmt.Errorf("%d: %.40q is neither a delay in ms, up to %d, nor L", n, word, latest.Milliseconds())
		} else if len(t) == longest {
			return nil, fmt.Errorf("%d: longer than a day", n)
		} else {
			t = append(t, Fate{Late: late})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%d: %w", len(t)+1, err)
	}
	if len(t) == 0 {
		return nil, fmt.Errorf("1: no packets")
	}
	return t, nil
}
