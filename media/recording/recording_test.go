package recording

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/dsp"
)

const rate = 48000

var when = time.Date(2026, 11, 27, 17, 12, 39, 0, time.UTC)

func someone(number string) Title { return Title{At: when, Number: number} }

// sine is n samples of a tone from sample at on.
func sine(hz float64, at, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(at+i)/rate))
	}
	return pcm
}

// A desk is a shelf that runs.
type desk struct {
	*Shelf
	t    *testing.T
	dir  string
	stop func()
}

func newDesk(t *testing.T, change func(*Config)) *desk {
	t.Helper()
	d := &desk{t: t, dir: filepath.Join(t.TempDir(), "recordings")}
	c := Config{Directory: d.dir, MostBytes: 1 << 30, Longest: time.Hour, Rate: rate}
	if change != nil {
		change(&c)
	}
	d.Shelf = New(c)
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	d.stop = func() { cancel(); done.Wait() }
	t.Cleanup(func() { d.stop(); goleak.VerifyNone(t) })
	return d
}

// say puts d of a tone of each side into a tape, in pieces of 7 ms, no faster than the disk
// takes it.
func say(tape *Tape, d time.Duration, here, far float64) {
	const piece = 336
	for at := 0; at < int(d.Seconds()*rate); at += piece {
		for len(tape.full) > blocks/2 && !tape.over.Load() {
			time.Sleep(time.Millisecond)
		}
		tape.Put(sine(here, at, piece), sine(far, at, piece))
	}
}

// sides reads a file: the header, and what is left and right.
func sides(t *testing.T, path string) (left, right []int16) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if string(b[:4]) != "RIFF" || le.Uint16(b[22:]) != 2 || le.Uint32(b[24:]) != fileRate || int(le.Uint32(b[40:])) != len(b)-44 {
		t.Fatalf("header % x of %d octets", b[:44], len(b))
	}
	for b = b[44:]; len(b) >= 4; b = b[4:] {
		left, right = append(left, int16(le.Uint16(b))), append(right, int16(le.Uint16(b[2:])))
	}
	return left, right
}

// Left is what was said here, right what came from there, at the same time and of the same
// length as the call.
func TestRecording(t *testing.T) {
	d := newDesk(t, nil)
	tape := d.Begin(someone("+49 30/123*4"))
	say(tape, 2*time.Second, 500, 900)
	tape.Close()
	d.stop()
	if want := "2026-11-27_171239_in_+49_30_123_4.wav"; tape.Name() != want {
		t.Errorf("it is called %s, want %s", tape.Name(), want)
	}
	left, right := sides(t, filepath.Join(d.dir, tape.Name()))
	if ms := len(left) * 1000 / fileRate; ms < 1975 || ms > 2001 {
		t.Errorf("%d ms of 2000", ms)
	}
	for _, c := range []struct {
		name      string
		pcm       []int16
		own, none float64
	}{{"left", left, 500, 900}, {"right", right, 900, 500}} {
		mid := c.pcm[8000:24000]
		if l := dsp.Goertzel(mid, fileRate, c.own); math.Abs(l+12.2) > 0.5 {
			t.Errorf("%s: its own tone at %.1f dBFS", c.name, l)
		}
		if l := dsp.Goertzel(mid, fileRate, c.none); l > -80 {
			t.Errorf("%s: the other's tone at %.1f dBFS", c.name, l)
		}
	}
	if info, err := os.Stat(filepath.Join(d.dir, tape.Name())); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	tape.Put(make([]int16, 10000), make([]int16, 10000)) // too late, and no harm
}

// Two calls at once, and a name that is taken.
func TestTwoRecordings(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.Begin(someone("202")), d.Begin(someone("202"))
	say(a, 100*time.Millisecond, 500, 900)
	say(b, 200*time.Millisecond, 500, 900)
	a.Close()
	b.Close()
	d.stop()
	names := []string{a.Name(), b.Name()}
	if names[0] > names[1] {
		names[0], names[1] = names[1], names[0]
	}
	if names[0] != "2026-11-27_171239_in_202-2.wav" || names[1] != "2026-11-27_171239_in_202.wav" {
		t.Errorf("%v", names)
	}
}

// A disk that stands still for longer than the tape holds: the call is not kept waiting, and
// what was lost is silence of the same length.
func TestSlowDiskLosesNoTime(t *testing.T) {
	wait := make(chan struct{})
	d := newDesk(t, func(c *Config) {
		c.create = func(path string) (*os.File, error) {
			<-wait
			return os.Create(path)
		}
	})
	tape := d.Begin(someone("202"))
	for at := 0; at < 6*rate; at += 480 {
		tape.Put(sine(500, at, 480), sine(900, at, 480))
	}
	if lost := tape.Lost(rate); lost != 2*time.Second {
		t.Errorf("%v lost of 6 s", lost)
	}
	close(wait)
	for len(tape.full) > 0 {
		time.Sleep(time.Millisecond)
	}
	for len(tape.free) < blocks {
		time.Sleep(time.Millisecond)
	}
	say(tape, time.Second, 500, 900)
	tape.Close()
	d.stop()
	left, _ := sides(t, filepath.Join(d.dir, tape.Name()))
	if ms := len(left) * 1000 / fileRate; ms < 6975 || ms > 7001 {
		t.Errorf("%d ms of 7000", ms)
	}
	for _, c := range []struct {
		from  int
		sound bool
	}{{1, true}, {3, true}, {5, false}, {6, true}} {
		l := dsp.Measure(left[c.from*fileRate+2000 : (c.from+1)*fileRate-2000]).RMS
		if c.sound && l < -13 || !c.sound && l > -90 {
			t.Errorf("second %d: %.0f dBFS", c.from, l)
		}
	}
}

// What goes wrong with the disk ends the recording, in words, and nothing else.
func TestDiskFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		words  string
		file   bool // something was kept
	}{
		{"full from the start", func(c *Config) {
			c.create = func(string) (*os.File, error) { return os.OpenFile("/dev/full", os.O_RDWR, 0) }
		}, "Not recorded: the disk is full", false},
		{"no room", func(c *Config) { c.room = func(string) (uint64, uint64, error) { return 1 << 20, 1 << 40, nil } }, "Not recorded: the disk is full", false},
		{"gone", func(c *Config) {
			c.create = func(path string) (*os.File, error) {
				f, err := os.Create(path)
				time.AfterFunc(50*time.Millisecond, func() { f.Close() })
				return f, err
			}
		}, "Not recorded: the disk is gone", true},
		{"no folder", func(c *Config) { c.Directory = "/dev/null/recordings" }, "Not recorded: the disk fails", false},
		{"too long", func(c *Config) { c.Longest = 300 * time.Millisecond }, "Not recorded: too long", true},
		{"too much", func(c *Config) { c.MostBytes = 100000 }, "Not recorded: too long", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, c.change)
			tape := d.Begin(someone("202"))
			defer tape.Close()
			end := time.After(20 * time.Second)
			for at := 0; ; at += 960 {
				select {
				case f := <-d.Failed():
					if f.Tape != tape || f.Words != c.words {
						t.Errorf("%q, want %q", f.Words, c.words)
					}
					if (tape.Name() != "") != c.file {
						t.Errorf("the file is called %q", tape.Name())
					}
					return
				case <-end:
					t.Fatal("nothing is told")
				default:
				}
				if len(tape.full) < blocks/2 {
					tape.Put(sine(500, at, 960), sine(900, at, 960))
				} else {
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
}

// The phone is switched off in a call: what was said until then is in the file.
func TestRunEndsInACall(t *testing.T) {
	d := newDesk(t, nil)
	tape := d.Begin(someone("202"))
	say(tape, time.Second, 500, 900)
	for tape.Name() == "" {
		time.Sleep(time.Millisecond)
	}
	d.stop()
	left, _ := sides(t, filepath.Join(d.dir, tape.Name()))
	if ms := len(left) * 1000 / fileRate; ms < 975 {
		t.Errorf("%d ms of 1000", ms)
	}
}

// A shelf that nobody runs refuses in the end and never blocks.
func TestNobodyRuns(t *testing.T) {
	s := New(Config{Directory: t.TempDir(), MostBytes: 1 << 30, Rate: rate})
	for range 2 * maxTapes {
		s.Begin(someone("202"))
	}
	if f := <-s.Failed(); f.Words != "Not recorded: the disk is too slow" {
		t.Errorf("%q", f.Words)
	}
}

// A power cut leaves a header that is behind its file: the next start mends it.
func TestMendedAtStart(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, someone("202").name())
	first := newDesk(t, func(c *Config) { c.Directory = dir })
	tape := first.Begin(someone("202"))
	say(tape, time.Second, 500, 900)
	tape.Close()
	first.stop()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(make([]byte, 4*fileRate)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	newDesk(t, func(c *Config) { c.Directory = dir }).stop()
	left, _ := sides(t, path)
	if ms := len(left) * 1000 / fileRate; ms < 1950 {
		t.Errorf("%d ms of 2000", ms)
	}
}

func TestPutAllocatesNothing(t *testing.T) {
	tape := newTape(someone("202"))
	here, far := make([]int16, 480), make([]int16, 480)
	if n := testing.AllocsPerRun(1000, func() { tape.Put(here, far) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		title Title
		want  string
	}{
		{Title{when, false, "0301234567"}, "2026-11-27_171239_in_0301234567.wav"},
		{Title{when, true, ""}, "2026-11-27_171239_out_anonymous.wav"},
		{Title{when, true, "../../etc/passwd\x00"}, "2026-11-27_171239_out_______etc_passwd_.wav"},
		{Title{when, true, "sip:anna@home"}, "2026-11-27_171239_out_sip_anna@home.wav"},
		{Title{when, true, strings.Repeat("9", 300)}, "2026-11-27_171239_out_" + strings.Repeat("9", maxNumber) + ".wav"},
		{Title{time.Unix(60, 0), false, "202"}, "no-clock_in_202.wav"},
	} {
		if got := c.title.name(); got != c.want || !ours(got) {
			t.Errorf("%+v: %s, want %s; ours %v", c.title, got, c.want, ours(got))
		}
	}
	for _, name := range []string{"", ".wav", "song.wav", "2026-11-27_171239.wav", "2026-11-27_171239_in_202.txt", "2026-13-27_171239_in_202.wav", "no-clock.wav"} {
		if ours(name) {
			t.Errorf("%q is taken for a recording", name)
		}
	}
}

// Which files go: the oldest first, as few as will do, none that is open.
func TestSurplus(t *testing.T) {
	day := func(n int) time.Time { return when.AddDate(0, 0, -n) }
	files := []file{{"b", 30, day(2)}, {"a", 20, day(9)}, {"d", 10, day(0)}, {"c", 40, day(1)}, {"clockless", 5, time.Unix(99, 0)}}
	for _, c := range []struct {
		name       string
		most, need int64
		age        time.Duration
		open       string
		want       string
	}{
		{"enough room", 105, 0, 0, "", ""},
		{"a little too much", 104, 0, 0, "", "clockless"},
		{"too much", 60, 0, 0, "", "clockless a b"},
		{"nothing may stay", 0, 0, 0, "", "clockless a b c d"},
		{"old", 200, 0, 5 * 24 * time.Hour, "", "a"},
		{"the disk is full", 200, 30, 0, "", "clockless a b"},
		{"one is open", 60, 0, 0, "a", "clockless b c"},
	} {
		var got []string
		for _, f := range surplus(files, map[string]bool{c.open: true}, when, c.most, c.need, c.age) {
			got = append(got, f.name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v goes, want %s", c.name, got, c.want)
		}
	}
}

// A recording makes room for itself: old ones go, and what is no recording stays.
func TestRoomIsMade(t *testing.T) {
	dir := t.TempDir()
	old, kept := filepath.Join(dir, "2020-01-01_000000_in_1.wav"), filepath.Join(dir, "song.wav")
	for _, path := range []string{old, kept} {
		if err := os.WriteFile(path, make([]byte, 90000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, when.AddDate(-1, 0, 0), when.AddDate(-1, 0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	d := newDesk(t, func(c *Config) { c.Directory, c.MostBytes = dir, 80000 })
	tape := d.Begin(someone("202"))
	say(tape, 500*time.Millisecond, 500, 900)
	tape.Close()
	d.stop()
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old recording is there: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	if left, _ := sides(t, filepath.Join(dir, tape.Name())); len(left) < 7000 {
		t.Errorf("%d frames", len(left))
	}
}
