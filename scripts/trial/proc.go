package trial

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Usage is what one process has used so far, from /proc (proc(5)).
type Usage struct {
	User, Sys time.Duration // in clock ticks of 10 ms, threads that ended included
	CPU       time.Duration // to the nanosecond, of the threads that are
	Waits     int64         // voluntary context switches: each is a wake-up
	Forced    int64         // involuntary ones
	Faults    int64         // major page faults: the machine had taken a page away, and read it from disk
	Threads   int
	Peak      int64 // VmHWM, bytes
	Resident  int64 // VmRSS, bytes
	Own       int64 // RssAnon, bytes: what is not a mapped file
}

// userHZ is the unit of the times in /proc/PID/stat, the same on all that Go runs on.
const userHZ = 100

// ReadUsage reads what process pid has used.
func ReadUsage(pid int) (u Usage, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return u, err
	}
	if u.User, u.Sys, u.Faults, err = parseStat(string(text)); err != nil {
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
		u.CPU += ran
		u.Waits += m["voluntary_ctxt_switches"]
		u.Forced += m["nonvoluntary_ctxt_switches"]
		u.Threads++
	}
	if text, err = os.ReadFile(filepath.Join(dir, "status")); err != nil {
		return u, err
	}
	m := parseStatus(string(text))
	u.Peak, u.Resident, u.Own = m["VmHWM"], m["VmRSS"], m["RssAnon"]
	if u.Peak == 0 || u.Threads == 0 {
		return u, fmt.Errorf("%s tells no memory or no threads", dir)
	}
	return u, nil
}

// Since is what was used from before to u; sizes are those of u.
func (u Usage) Since(before Usage) Usage {
	u.User -= before.User
	u.Sys -= before.Sys
	u.CPU -= before.CPU
	u.Waits -= before.Waits
	u.Forced -= before.Forced
	u.Faults -= before.Faults
	return u
}

// parseStat takes the 14th, the 15th and the 12th field of /proc/PID/stat. The second is
// the program's name in parentheses, which may hold anything, parentheses too.
func parseStat(text string) (user, sys time.Duration, faults int64, err error) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, 0, 0, fmt.Errorf("not /proc/PID/stat: %q", text)
	}
	var numbers [3]int64
	for i, at := range [...]int{11, 12, 9} {
		if numbers[i], err = strconv.ParseInt(fields[at], 10, 64); err != nil {
			return 0, 0, 0, fmt.Errorf("/proc/PID/stat: %w", err)
		}
	}
	return time.Duration(numbers[0]) * time.Second / userHZ, time.Duration(numbers[1]) * time.Second / userHZ, numbers[2], nil
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

// A Load is the time that all CPUs were busy and idle since the machine started.
type Load struct{ busy, idle time.Duration }

// parseLoad takes the first line of /proc/stat: user, nice, system, idle, iowait, irq,
// softirq, steal; what guests used is in user already.
func parseLoad(text string) (l Load, err error) {
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

func ReadLoad() (Load, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return Load{}, err
	}
	return parseLoad(string(text))
}

// Others is the share of all CPUs, 0 to 1, that was busy from before to l with anything
// but what took ours.
func (l Load) Others(before Load, ours time.Duration) float64 {
	busy, idle := l.busy-before.busy, l.idle-before.idle
	if busy+idle <= 0 {
		return 0
	}
	return max(0, float64(busy-ours)/float64(busy+idle))
}
