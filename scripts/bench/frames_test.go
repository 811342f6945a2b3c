package main

import (
	"slices"
	"testing"
)

const printed = `?   	github.com/offhook/offhook/media/agreement	[no test files]
PASS
ok  	github.com/offhook/offhook/media/audio	0.013s
goos: linux
goarch: amd64
pkg: github.com/offhook/offhook/media
cpu: AMD EPYC
BenchmarkFrame/G711-2         	   13524	     43549 ns/op	     43549 ns/frame	       0 B/op	       0 allocs/op
BenchmarkFrame/Opus-2         	    3386	    177881.5 ns/op	    177881 ns/frame	      48 B/op	       1 allocs/op
PASS
ok  	github.com/offhook/offhook/media	3.5s
`

func TestParseFrames(t *testing.T) {
	all, err := parseFrames(printed)
	want := []frameCost{{"G711", 43549, 0, 0}, {"Opus", 177881.5, 48, 1}}
	if err != nil || !slices.Equal(all, want) {
		t.Errorf("%+v, %v", all, err)
	}
}

// What measured nothing must not pass as nothing allocated.
func TestParseFramesRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no benchmark":       "PASS\nok  	github.com/offhook/offhook/media	0.1s\n",
		"without -benchmem":  "BenchmarkFrame/G711-2 100 43549 ns/op 43549 ns/frame\n",
		"a broken number":    "BenchmarkFrame/G711-2 100 fast ns/op 0 B/op 0 allocs/op\n",
		"without its result": "BenchmarkFrame/G711-2 100 0 B/op 0 allocs/op\n",
	} {
		if all, err := parseFrames(text); err == nil {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestFrameName(t *testing.T) {
	for in, want := range map[string]string{
		"BenchmarkFrame/G711card8k-16": "G711card8k", "BenchmarkFrame-2": "Frame", "BenchmarkFrame": "Frame", "BenchmarkFrame/a-b-2": "a-b",
	} {
		if got := frameName(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}
