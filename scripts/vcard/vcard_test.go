package vcard

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A rig is a card and the program of testdata that uses it.
type rig struct {
	t      *testing.T
	client string
	env    []string
	Config
}

func newRig(t *testing.T, ppm float64) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t, client: filepath.Join(dir, "client"), Config: Config{
		In:    filepath.Join(dir, "in.%d.raw"),
		Out:   filepath.Join(dir, "out.%d.raw"),
		Log:   filepath.Join(dir, "log"),
		Epoch: Now() - Instant(time.Second), // a time line that began a second ago
		PPM:   ppm,
	}}
	if out, err := exec.Command("gcc", "-O1", "-o", r.client, "testdata/client.c", "-lasound").CombinedOutput(); err != nil {
		t.Fatalf("the test's ALSA program does not build: %v\n%s", err, out)
	}
	var err error
	if r.env, err = Setup(dir, r.Config); err != nil {
		t.Fatal(err)
	}
	return r
}

// run runs the client; args are those of client.c without the file.
func (r *rig) run(args string) (recorded []int16) {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "recorded")
	cmd := exec.Command(r.client, append(strings.Fields(args), file)...)
	cmd.Env = append(os.Environ(), r.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("%s: %v\n%s", args, err, out)
	}
	if strings.HasPrefix(args, "record") {
		pcm, err := Read(file)
		if err != nil {
			r.t.Fatal(err)
		}
		return pcm
	}
	return nil
}

// clean runs the client on fresh rigs until a run had no xrun: a busy machine may
// stall a program for longer than any buffer.
func clean(t *testing.T, ppm float64, in []int16, args string) (r *rig, recorded []int16) {
	t.Helper()
	for range 8 {
		r = newRig(t, ppm)
		if in != nil {
			if err := Write(strings.ReplaceAll(r.In, "%d", "48000"), in); err != nil {
				t.Fatal(err)
			}
		}
		recorded = r.run(args)
		if len(r.events("xrun")) == 0 {
			return r, recorded
		}
	}
	t.Fatalf("eight runs, and each had an xrun: %s", args)
	return nil, nil
}

func (r *rig) out(rate int) []int16 {
	r.t.Helper()
	pcm, err := Read(strings.ReplaceAll(r.Out, "%d", fmt.Sprint(rate)))
	if err != nil {
		r.t.Fatal(err)
	}
	return pcm
}

func (r *rig) events(what string) (some []Event) {
	r.t.Helper()
	all, err := Events(r.Log)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range all {
		if e.What == what {
			some = append(some, e)
		}
	}
	return some
}

// Every sample that a program plays lands on the frame at which it is heard: from the
// frame of the start on, one after the other, and nothing before or after.
func TestPlaysEverySampleOnItsFrame(t *testing.T) {
	for _, c := range []struct {
		name, args string
		rate, n    int
	}{
		{"mono 48 kHz", "play vcard 48000 1 480 3840 24000 -1 0 rw", 48000, 24000},
		{"mapped", "play vcard 48000 1 480 9600 24000 -1 0 mmap", 48000, 24000},
		{"stereo", "play vcard 48000 2 480 9600 24000 -1 0 mmap", 48000, 24000},
		{"8 kHz", "play vcard 8000 1 160 640 4000 -1 0 rw", 8000, 4000},
		{"long periods", "play vcard 48000 1 4800 14400 24000 -1 0 rw", 48000, 24000},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := clean(t, 0, nil, c.args)
			starts := r.events("start")
			if len(starts) != 1 {
				t.Fatalf("%d starts", len(starts))
			}
			pcm := r.out(c.rate)
			first := int(starts[0].Frame)
			if len(pcm) != first+c.n {
				t.Fatalf("%d frames in the file, want %d before the start and %d of sound", len(pcm), first, c.n)
			}
			for g, s := range pcm {
				want := int16(0)
				if g >= first {
					want = int16(1 + (g-first)%30000)
				}
				if s != want {
					t.Fatalf("frame %d is %d, want %d (start at %d)", g, s, want, first)
				}
			}
			if first < c.rate {
				t.Errorf("started at frame %d, before the program ran", first)
			}
			took := r.events("stop")[0].At - starts[0].At
			if sound := time.Duration(c.n) * time.Second / time.Duration(c.rate); took < sound-time.Millisecond {
				t.Errorf("%v of sound were over in %v", sound, took)
			}
		})
	}
}

// A recording is the microphone's file from the frame of the start on.
func TestRecordsFromTheFrameOfTheStart(t *testing.T) {
	for _, args := range []string{
		"record vcard 48000 1 480 9600 24000 -1 0 rw",
		"record vcard 48000 1 480 9600 24000 -1 0 mmap",
	} {
		in := make([]int16, 29989) // no multiple of anything, so that it wraps visibly
		for i := range in {
			in[i] = int16(i)
		}
		r, pcm := clean(t, 0, in, args)
		first := r.events("start")[0].Frame
		if len(pcm) != 24000 {
			t.Fatalf("%s: %d frames recorded", args, len(pcm))
		}
		for i, s := range pcm {
			if want := in[(first+int64(i))%int64(len(in))]; s != want {
				t.Fatalf("%s: recorded frame %d is %d, want %d", args, i, s, want)
			}
		}
	}
}

// A program that comes too late leaves a gap, as with a real card, and is told so; what
// it plays afterwards is again on its frame.
func TestAnUnderrunLeavesAGap(t *testing.T) {
	r := newRig(t, 0)
	r.run("play vcard 48000 1 480 960 19200 9600 100 rw")
	if len(r.events("xrun")) == 0 {
		t.Fatal("the program slept through its buffer without an xrun")
	}
	starts, pcm := r.events("start"), r.out(48000)
	gap := 0
	for g := int(starts[0].Frame); g < len(pcm); g++ {
		if pcm[g] == 0 {
			gap++
		}
	}
	// 100 ms of sleep less the 20 ms of the buffer, and however long waking takes.
	if ms := float64(gap) / 48; ms < 75 || ms > 400 {
		t.Errorf("the gap lasts %.1f ms", ms)
	}
	last := starts[len(starts)-1].Frame
	for g := last + 1; g < int64(len(pcm)); g++ {
		if pcm[g] != pcm[g-1]%30000+1 {
			t.Fatalf("frame %d after the gap is %d, after %d", g, pcm[g], pcm[g-1])
		}
	}
}

// An overrun is a jump in what is recorded.
func TestAnOverrunIsTold(t *testing.T) {
	r := newRig(t, 0)
	r.run("record vcard 48000 1 480 960 9600 4800 100 rw")
	if len(r.events("xrun")) == 0 {
		t.Fatal("the program slept through its buffer without an xrun")
	}
}

// A program that lets a period go unseen is not woken in vain from then on: ALSA counts its
// frames, not the card.
func TestASkippedPeriodDoesNotSpin(t *testing.T) {
	r := newRig(t, 0)
	file := filepath.Join(t.TempDir(), "woken")
	cmd := exec.Command(r.client, append(strings.Fields("skip vcard 48000 1 480 960 24000 4800 0 mmap"), file)...)
	cmd.Env = append(os.Environ(), r.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var vain, woken int
	if _, err := fmt.Sscan(string(text), &vain, &woken); err != nil || woken < 45 {
		t.Fatalf("%q: %v", text, err)
	}
	if vain > 25 { // one beside every other period: a timer may go off a frame too soon
		t.Errorf("woken %d times, %d of them in vain", woken, vain)
	}
}

// A card whose crystal runs fast plays the same samples in less of the time line.
func TestSkew(t *testing.T) {
	const ppm, n = 20000, 24000
	r, _ := clean(t, ppm, nil, fmt.Sprintf("play vcard 48000 1 480 9600 %d -1 0 rw", n))
	pcm := r.out(48000)[r.events("start")[0].Frame:]
	want := float64(n) / (1 + ppm*1e-6)
	if d := float64(len(pcm)) - want; math.Abs(d) > 2 {
		t.Errorf("%d samples took %d frames, want %.0f", n, len(pcm), want)
	}
	for i, s := range pcm {
		if want := float64(i) * (1 + ppm*1e-6); math.Abs(float64(s)-1-want) > 2 {
			t.Fatalf("frame %d holds sample %d, want about %.0f", i, s, want)
		}
	}
}

// What was queued and then dropped was never heard.
func TestADropIsSilent(t *testing.T) {
	r, _ := clean(t, 0, nil, "play vcard 48000 1 480 19200 24000 -1 -1 rw")
	stop, pcm := r.events("stop")[0], r.out(48000)
	start := r.events("start")[0]
	if length := stop.Frame - start.Frame; length > 24000-9600 {
		t.Fatalf("stopped %d frames after the start: the buffer of 19200 was not full", length)
	}
	if s := pcm[stop.Frame-1]; s == 0 {
		t.Error("silent before the drop")
	}
	for g := stop.Frame; g < int64(len(pcm)); g++ {
		if pcm[g] != 0 {
			t.Fatalf("frame %d sounds, the drop was at %d", g, stop.Frame)
		}
	}
}

func TestItIsTheDefaultCard(t *testing.T) {
	r, _ := clean(t, 0, nil, "play default 48000 2 480 9600 9600 -1 0 rw")
	if pcm := r.out(48000); len(pcm) < 9600 || pcm[len(pcm)-1] != 9600 {
		t.Errorf("%d frames heard", len(pcm))
	}
}

func TestNoMicrophoneFileIsSilence(t *testing.T) {
	r := newRig(t, 0)
	for i, s := range r.run("record vcard 8000 1 160 640 800 -1 0 rw") {
		if s != 0 {
			t.Fatalf("frame %d is %d", i, s)
		}
	}
	if len(r.events("no-in-file")) != 1 {
		t.Error("the missing file is not in the log")
	}
}

func TestFrame(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		rate  int
		want  int64
	}{
		{0, 48000, 0}, {time.Second, 8000, 8000}, {125 * time.Microsecond, 8000, 1}, {124 * time.Microsecond, 8000, 0},
		{-1, 8000, -1}, {-125 * time.Microsecond, 8000, -1}, {90 * time.Minute, 44100, 238140000},
	} {
		if got := Instant(5e9+int64(c.after)).Frame(5e9, c.rate); got != c.want {
			t.Errorf("%v at %d Hz is frame %d, want %d", c.after, c.rate, got, c.want)
		}
	}
}

func TestSetupRefusesWhatALSACannotRead(t *testing.T) {
	if _, err := Setup(t.TempDir(), Config{In: `a"b`}); err == nil {
		t.Error("a quote in a file name is taken")
	}
}

func TestEvents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if all, err := Events(path); err != nil || all != nil {
		t.Errorf("no log: %v, %v", all, err)
	}
	line := "1500000000 42 play xrun rate=48000 channels=1 period=480 buffer=960 frame=72000 xruns=1\n"
	if err := os.WriteFile(path, []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	all, err := Events(path)
	want := Event{1500 * time.Millisecond, 42, "play", "xrun", 48000, 1, 480, 960, 72000, 1}
	if err != nil || len(all) != 1 || all[0] != want || Xruns(all) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := os.WriteFile(path, []byte("nonsense\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Events(path); err == nil {
		t.Error("nonsense is taken")
	}
}
