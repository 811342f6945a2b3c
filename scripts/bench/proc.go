package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A usage is what one process has used so far, from /proc (proc(5)).
type usage struct {
	user, sys time.Duration // in clock ticks of 10 ms, threads that ended included
	cpu       time.Duration // to the nanosecond, of the threads that are
	waits     int64         // voluntary context switches: each is a wake-up
	forced    int64         // involuntary ones
	threads   int
	peak      int64 // VmHWM, bytes
	resident  int64 // VmRSS, bytes
	own       int64 // RssAnon, bytes: what is not a mapped file
}

// userHZ is the unit of the times in /proc/PID/stat, the same on all that Go runs on.
const userHZ = 100

// readUsage reads what process pid has used.
func readUsage(pid int) (u usage, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return u, err
	}
	if u.user, u.sys, err = parseStat(string(text)); err != nil {
		return u, err
	}
	tasks, err := filepath.Glob(filepath.Join(dir, "task", "*"))
	if err != nil {
		return u, err
	}
	for _, task := range tasks {
		sched, err := os.ReadFile(filepath.Join(task, "schedstat"))
		if os.IsNotExist(err) {
			continue // a thread that ended just now
		}
		status, err2 := os.ReadFile(filepath.Join(task, "status"))
		if os.IsNotExist(err2) {
			continue
		}
		ran, err := parseSchedstat(string(sched))
		if err != nil {
			return u, err
		}
		m := parseStatus(string(status))
		u.cpu += ran
		u.waits += m["voluntary_ctxt_switches"]
		u.forced += m["nonvoluntary_ctxt_switches"]
		u.threads++
	}
	if text, err = os.ReadFile(filepath.Join(dir, "status")); err != nil {
		return u, err
	}
	m := parseStatus(string(text))
	u.peak, u.resident, u.own = m["VmHWM"], m["VmRSS"], m["RssAnon"]
	if u.peak == 0 || u.threads == 0 {
		return u, fmt.Errorf("%s tells no memory or no threads", dir)
	}
	return u, nil
}

// since is what was used from before to u; sizes are those of u.
func (u usage) since(before usage) usage {
	u.user -= before.user
	u.sys -= before.sys
	u.cpu -= before.cpu
	u.waits -= before.waits
	u.forced -= before.forced
	return u
}

// parseStat takes the 14th and the 15th field of /proc/PID/stat. The second is the
// program's name in parentheses, which may hold anything, parentheses too.
func parseStat(text string) (user, sys time.Duration, err error) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, 0, fmt.Errorf("not /proc/PID/stat: %q", text)
	}
	u, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("/proc/PID/stat: user time: %w", err)
	}
	s, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, 0, fmt.Errorf("/proc/PID/stat: system time: %w", err)
	}
	return time.Duration(u) * time.Second / userHZ, time.Duration(s) * time.Second / userHZ, nil
}

// parseSchedstat takes the first field of /proc/PID/task/TID/schedstat: ns on a CPU.
func parseSchedstat(text string) (time.Duration, error) {
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	ns, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("schedstat: %w", err)
	}
	return time.Duration(ns), nil
}

// parseStatus takes the numbers of /proc/PID/status; what is in kB there is in bytes here.
func parseStatus(text string) map[string]int64 {
	m := map[string]int64{}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(line, ":")
		words := strings.Fields(value)
		if !ok || len(words) == 0 {
			continue
		}
		n, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			continue
		}
		if len(words) == 2 && words[1] == "kB" {
			n <<= 10
		}
		m[key] = n
	}
	return m
}

// A load is the time that all CPUs were busy and idle since the machine started.
type load struct{ busy, idle time.Duration }

// parseLoad takes the first line of /proc/stat: user, nice, system, idle, iowait, irq,
// softirq, steal; what guests used is in user already.
func parseLoad(text string) (l load, err error) {
	line, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(line)
	if len(words) < 9 || words[0] != "cpu" {
		return l, fmt.Errorf("not /proc/stat: %q", line)
	}
	for i, word := range words[1:9] {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return l, fmt.Errorf("/proc/stat: %w", err)
		}
		d := time.Duration(n) * time.Second / userHZ
		if i == 3 || i == 4 {
			l.idle += d
		} else {
			l.busy += d
		}
	}
	return l, nil
}

func readLoad() (load, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return load{}, err
	}
	return parseLoad(string(text))
}

// others is the share of all CPUs, 0 to 1, that was busy from before to l with anything
// but what took ours.
func (l load) others(before load, ours time.Duration) float64 {
	busy, idle := l.busy-before.busy, l.idle-before.idle
	if busy+idle <= 0 {
		return 0
	}
	return max(0, float64(busy-ours)/float64(busy+idle))
}
