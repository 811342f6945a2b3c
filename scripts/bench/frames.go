package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// A frameCost is one benchmark of the media path: 20 ms of a call, both directions.
type frameCost struct {
	name   string // "G711", "Opus" …
	ns     float64
	bytes  int64
	allocs int64
}

// benchFrames runs the benchmarks of the media rooms whose name has "Frame".
func benchFrames(ctx context.Context) ([]frameCost, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-tags=nolibopusfile", "-run", "^$", "-bench", "Frame", "-benchmem", "-benchtime", "0.5s", "./media/...")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return parseFrames(string(out))
}

// parseFrames reads what "go test -bench -benchmem" prints. No benchmark is an error:
// nothing was measured then.
func parseFrames(text string) ([]frameCost, error) {
	var all []frameCost
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		f := frameCost{name: frameName(words[0]), bytes: -1, allocs: -1}
		for i := 2; i+1 < len(words); i += 2 { // value, unit
			v, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				return nil, fmt.Errorf("go test: %q: %w", strings.TrimSpace(line), err)
			}
			switch words[i+1] {
			case "ns/op":
				f.ns = v
			case "B/op":
				f.bytes = int64(v)
			case "allocs/op":
				f.allocs = int64(v)
			}
		}
		if f.ns == 0 || f.allocs < 0 {
			return nil, fmt.Errorf("go test: %q tells no time or no allocations", strings.TrimSpace(line))
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, errors.New("go test: no benchmark of a frame")
	}
	return all, nil
}

// frameName is "G711" of "BenchmarkFrame/G711-2".
func frameName(benchmark string) string {
	name := strings.TrimPrefix(benchmark, "Benchmark")
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		name = name[:i]
	}
	if _, sub, ok := strings.Cut(name, "/"); ok {
		return sub
	}
	return name
}
