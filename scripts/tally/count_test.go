package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A run in which one test passes, one fails with something to say, one is skipped,
// and one package does not build.
const events = `make says something
{"Action":"run","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestGood","Elapsed":0.1}
{"Action":"output","Package":"p","Test":"TestBad","Output":"    bad_test.go:9: 3 is not 4\n"}
{"Action":"fail","Package":"p","Test":"TestBad"}
{"Action":"skip","Package":"p","Test":"TestLater"}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p","Elapsed":0.2}
{"Action":"pass","Package":"q","Elapsed":1.25}
{"ImportPath":"r","Action":"build-output","Output":"r.go:1: no\n"}
{"ImportPath":"r","Action":"build-fail"}
{"Action":"fail","Package":"r"}
`

func TestCount(t *testing.T) {
	var out strings.Builder
	got, err := count(strings.NewReader(events), &out)
	if err != nil {
		t.Fatal(err)
	}
	if want := (total{passed: 1, failed: 2, skipped: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	for _, want := range []string{"make says something", "3 is not 4", "FAIL  p  0.2s", "ok    q  1.2s", "r.go:1: no", "FAIL  r"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not told:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "chatter") {
		t.Errorf("a passed test is quoted:\n%s", &out)
	}
}

func TestPanicIsAFailure(t *testing.T) {
	const died = `{"Action":"output","Package":"p","Output":"panic: boom\n"}
{"Action":"fail","Package":"p"}
`
	var out strings.Builder
	got, err := count(strings.NewReader(died), &out)
	if err != nil || got.failed != 1 || !strings.Contains(out.String(), "panic: boom") {
		t.Errorf("counted %+v, %v, and said:\n%s", got, err, &out)
	}
}

func TestSumOfRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sum")
	const good = `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"
	for range 2 {
		if code, err := run([]string{file}, strings.NewReader(good), &strings.Builder{}); code != 0 || err != nil {
			t.Fatalf("exit %d, %v", code, err)
		}
	}
	var out strings.Builder
	if code, err := run([]string{"-sum", file}, nil, &out); code != 0 || err != nil || out.String() != "2 passed, 0 failed\n" {
		t.Fatalf("exit %d, %v: %q", code, err, out.String())
	}
	if code, err := run([]string{file}, strings.NewReader(events), &out); code != 1 || err != nil {
		t.Fatalf("a failed run exits %d, %v", code, err)
	}
	out.Reset()
	if code, _ := run([]string{"-sum", file}, nil, &out); code != 1 || out.String() != "3 passed, 2 failed, 1 skipped\n" {
		t.Errorf("exit %d: %q", code, out.String())
	}
}

func TestUsage(t *testing.T) {
	if _, err := run(nil, nil, nil); err == nil {
		t.Error("no argument is no error")
	}
}
