package trial

import (
	"math"
	"os"
	"runtime"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const line = "4711 (odd ) (name) S 1 4711 4711 0 -1 4194560 2100 0 3 0 123 45 6 7 20 0 9 0 889 1936384000 4711 184\n"
	user, sys, faults, err := parseStat(line)
	if err != nil || faults != 3 || user != 1230*time.Millisecond || sys != 450*time.Millisecond {
		t.Errorf("%v user, %v system, %v", user, sys, err)
	}
	for _, bad := range []string{"", "4711 (x) S 1", "1 (x) S 1 2 3 4 5 6 7 8 9 10 a 45", "1 (x) S 1 2 3 4 5 6 7 8 9 10 1 b"} {
		if _, _, _, err := parseStat(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestParseSchedstat(t *testing.T) {
	if d, err := parseSchedstat("123456789 55 66\n"); err != nil || d != 123456789 {
		t.Errorf("%v, %v", d, err)
	}
	if _, err := parseSchedstat("\n"); err == nil {
		t.Error("nothing is taken")
	}
}

func TestParseStatus(t *testing.T) {
	m := parseStatus("Name:\toffhook\nVmHWM:\t   19456 kB\nVmRSS:\t   19000 kB\nThreads:\t9\nCpus_allowed:\tff\n" +
		"voluntary_ctxt_switches:\t42\nnonvoluntary_ctxt_switches:\t7\nodd\n")
	for key, want := range map[string]int64{
		"VmHWM": 19456 << 10, "VmRSS": 19000 << 10, "Threads": 9, "voluntary_ctxt_switches": 42, "nonvoluntary_ctxt_switches": 7, "Name": 0,
	} {
		if m[key] != want {
			t.Errorf("%s is %d, want %d", key, m[key], want)
		}
	}
}

// A program that works is seen to.
func TestReadUsage(t *testing.T) {
	pid := os.Getpid()
	before, err := ReadUsage(pid)
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for begun := time.Now(); time.Since(begun) < 60*time.Millisecond; {
	}
	for range 20 {
		time.Sleep(time.Millisecond)
	}
	after, err := ReadUsage(pid)
	if err != nil {
		t.Fatal(err)
	}
	u := after.Since(before)
	// A busy machine may have let us run for a part of it only.
	if u.CPU <= 0 || u.CPU > 10*time.Second || u.Waits < 5 || u.Threads < 2 {
		t.Errorf("used %+v", u)
	}
	if u.Resident < 1<<20 || u.Peak < u.Resident || u.Own > u.Resident {
		t.Errorf("resident %d, peak %d, own %d", u.Resident, u.Peak, u.Own)
	}
	if _, err := ReadUsage(-1); err == nil {
		t.Error("a process that is not has used something")
	}
}

func TestLoad(t *testing.T) {
	before, err := parseLoad("cpu  1000 0 500 8000 100 0 10 0 0 0\ncpu0 1 2 3\n")
	if err != nil || before != (Load{15100 * time.Millisecond, 81 * time.Second}) {
		t.Fatalf("%+v, %v", before, err)
	}
	now, err := parseLoad("cpu  1100 0 600 8250 150 0 10 0 900 0\n")
	if err != nil {
		t.Fatal(err)
	}
	// 2 s busy and 3 s idle; half a second of it was ours: 1.5 of 5.
	if got := now.Others(before, 500*time.Millisecond); math.Abs(got-0.3) > 1e-9 {
		t.Errorf("others had %v", got)
	}
	if got := now.Others(before, time.Minute); got != 0 {
		t.Errorf("less than nothing: %v", got)
	}
	if got := now.Others(now, 0); got != 0 {
		t.Errorf("no time: %v", got)
	}
	for _, bad := range []string{"", "cpu 1 2 3", "intr 1 2 3 4 5 6 7 8 9", "cpu 1 2 3 x 5 6 7 8"} {
		if _, err := parseLoad(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if l, err := ReadLoad(); err != nil || l.idle+l.busy <= 0 {
		t.Errorf("%+v, %v", l, err)
	}
}
