package config

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The worst that 64 KiB can hold is judged in a moment: four times the bytes cost about four
// times the work, never the sixteen of a search within a search. The work is the processor
// time of our own thread, which others on the machine do not lengthen.
func TestWorstCasesEndSoon(t *testing.T) {
	for name, text := range map[string]func(size int) string{
		"open quotes":  func(n int) string { return strings.Repeat("a=\"\"\"\n", n/7) },
		"nested":       func(n int) string { return "a=" + strings.Repeat("[", n-10) },
		"nested lines": func(n int) string { return strings.Repeat("a=[{b=[\n", n/8) },
		"accounts":     func(n int) string { return strings.Repeat("[[account]]\n", n/12) },
		"keys":         func(n int) string { return "[phone]\n" + strings.Repeat("x.=1\n", n/6) },
		"dots":         func(n int) string { return strings.Repeat("a.", n/2-4) + "b=1" },
		"members":      func(n int) string { return "[board]\nlamps={" + strings.Repeat("line=1,", n/8) + "}" },
		"one word":     func(n int) string { return "[phone]\nname = \"" + strings.Repeat("w", n-40) + "\"\n" },
		"one bare":     func(n int) string { return "[phone]\n" + strings.Repeat("w", n-40) },
	} {
		var ms []Mistake
		judge := func(size int) time.Duration {
			b := []byte(text(size))
			return work(func() { _, ms = Parse("offhook.toml", b, Options{}) })
		}
		quarter, whole := judge(MaxSize/4), judge(MaxSize)
		t.Logf("%s: %v, %v", name, quarter, whole)
		if whole > 8*quarter+50*time.Millisecond {
			t.Errorf("%s costs %v, a quarter of it %v", name, whole, quarter)
		}
		if len(ms) == 0 || len(ms) > maxMistakes {
			t.Errorf("%s: %d mistakes", name, len(ms))
		}
		for _, m := range ms {
			if n := len(m.String()); n > 500 {
				t.Errorf("%s: a message of %d bytes: %.200s", name, n, m)
			}
		}
	}
}

// work is the least processor time that f takes in three runs on a thread of its own.
func work(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := time.Duration(1 << 62)
	for range 3 {
		begin := processor()
		f()
		best = min(best, processor()-begin)
	}
	return best
}

func processor() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
