package audio

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/wav"
)

// The files of a virtual card.
const (
	Microphone = "microphone.wav" // what it records
	Earpiece   = "earpiece.wav"   // what it plays
	Opened     = "opened.txt"     // when it was opened: see note
)

// longestEarpiece bounds earpiece.wav: then it begins anew. About 700 MB.
const longestEarpiece = 2 * 60 * 60 * 48000

// earpieces are the files that this process began: a card opened again goes on with it.
var earpieces = struct {
	sync.Mutex
	began map[string]bool
}{began: map[string]bool{}}

// virtual is the card without hardware. Its clock is the machine's.
type virtual struct {
	*ends
	mic  *wav.Reader // nil: silence
	file *os.File    // mic's
	up   *dsp.Resampler
	ear  *wav.Writer // nil: nobody hears it
	stop chan struct{}
	done chan struct{}
	once sync.Once // of Close
}

// OpenVirtual opens the card without hardware: it records dir/microphone.wav, from its
// beginning and, after a breath, again (without the file: silence), and plays into dir/earpiece.wav,
// in real time. The first card of a process begins earpiece.wav, later ones go on with
// it. dir is made if it is not there; "" is a card
// without files, which hears silence. Spec.Device and Spec.PlayOnly are ignored.
func OpenVirtual(dir string, s Spec) (Card, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	v := &virtual{stop: make(chan struct{}), done: make(chan struct{})}
	if dir != "" {
		if err := v.openFiles(dir, s.Rate); err != nil {
			return nil, fmt.Errorf("audio: %w", err)
		}
	}
	if v.ends, err = newEnds("virtual", s); err != nil {
		v.closeFiles()
		return nil, err
	}
	start := time.Now()
	if dir != "" {
		v.note(filepath.Join(dir, Opened), start)
	}
	go v.run(start)
	return v, nil
}

// openFiles opens what the card records and plays.
func (v *virtual) openFiles(dir string, rate int) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := v.openMicrophone(filepath.Join(dir, Microphone), rate); err != nil {
		return err
	}
	var err error
	if v.ear, err = openEarpiece(filepath.Join(dir, Earpiece), rate); err != nil {
		v.closeFiles()
	}
	return err
}

// note adds a line to opened.txt, so that the files can be put on a time line: when the
// card was opened, by the wall clock and by CLOCK_MONOTONIC in nanoseconds, and with which
// sample of earpiece.wav. That sample is heard one period later; the microphone's first
// one was spoken just then.
func (v *virtual) note(path string, start time.Time) {
	var monotonic unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &monotonic); err != nil {
		return
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if v.ear.Samples() == 0 {
		flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return
	}
	defer f.Close()
	at := monotonic.Nano() - int64(time.Since(start))
	// The note is for people who measure; without it the card works all the same.
	_, _ = fmt.Fprintf(f, "%s monotonic %d earpiece %d\n", start.Format(time.RFC3339Nano), at, v.ear.Samples())
}

func (v *virtual) openMicrophone(path string, rate int) error {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	v.file = f
	v.mic, err = wav.NewReader(f)
	if err == nil && !dsp.CanResample(v.mic.Rate(), rate) {
		err = fmt.Errorf("%w: %d Hz", ErrFormat, v.mic.Rate())
	}
	if err != nil {
		v.closeFiles()
		return fmt.Errorf("%s: %w", Microphone, err)
	}
	v.up = dsp.NewResampler(v.mic.Rate(), rate)
	return nil
}

func openEarpiece(path string, rate int) (*wav.Writer, error) {
	key, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	earpieces.Lock()
	defer earpieces.Unlock()
	if earpieces.began[key] {
		return wav.Append(path, rate, longestEarpiece)
	}
	w, err := wav.Create(path, rate)
	if err == nil {
		earpieces.began[key] = true
	}
	return w, err
}

// longestStall is how much of a stall is made up for. After a longer one, as when the
// process was suspended, time goes on from there.
const longestStall = 2 * time.Second

// run turns the card. Periods are counted from the beginning, so that a late wake-up
// is made up for and nothing drifts.
func (v *virtual) run(start time.Time) {
	defer close(v.done)
	defer v.closeFiles()
	period := v.spec.samples(v.spec.Period)
	out, source := make([]int16, period), v.source(period)
	timer := time.NewTimer(v.spec.Period)
	defer timer.Stop()
	for turns := int64(0); ; {
		select {
		case <-v.stop:
			return
		case <-timer.C:
		}
		next := start.Add(time.Duration(turns) * v.spec.Period)
		if behind := time.Since(next); behind > longestStall {
			start = start.Add(behind)
		}
		for due := int64(time.Since(start) / v.spec.Period); turns < due; turns++ {
			v.turn(source(), out)
			if v.ear != nil {
				// A full disk must not stop the sound: what cannot be kept is lost.
				_ = v.ear.Write(out)
			}
		}
		timer.Reset(time.Until(start.Add(time.Duration(turns+1) * v.spec.Period)))
	}
}

// source returns a function that records one period.
func (v *virtual) source(period int) func() []int16 {
	pcm := make([]int16, period)
	if v.mic == nil {
		return func() []int16 { return pcm }
	}
	rate := v.mic.Rate()
	in := make([]int16, rate/100)
	wide := make([]int16, v.up.Out(len(in))+period)
	have := 0
	quiet := 0 // blocks of silence left between the end of the file and its beginning
	next := func() int {
		if quiet == 0 {
			n, err := v.mic.Read(in)
			if n > 0 || err == nil {
				return n
			}
			quiet = int(breath / (10 * time.Millisecond))
		}
		if quiet--; quiet == 0 {
			v.rewind()
		}
		clear(in)
		return len(in)
	}
	return func() []int16 {
		for have < period {
			n := next()
			have += v.up.Process(wide[have:], in[:n])
		}
		copy(pcm, wide)
		have = copy(wide, wide[period:have])
		return pcm
	}
}

// breath is the silence before microphone.wav is spoken again: long enough for who listens
// for the end of a phrase.
const breath = 2 * time.Second

// rewind begins microphone.wav anew. A file that has become unreadable is silence.
func (v *virtual) rewind() {
	if _, err := v.file.Seek(0, io.SeekStart); err != nil {
		return
	}
	if again, err := wav.NewReader(v.file); err == nil && again.Rate() == v.mic.Rate() {
		v.mic = again
	}
}

func (v *virtual) closeFiles() {
	if v.file != nil {
		_ = v.file.Close()
	}
	if v.ear != nil {
		_ = v.ear.Close()
	}
}

// Latency is nothing: a file has no converter.
func (v *virtual) Latency() Latency { return Latency{} }

// Close lets the card turn to its end first: a turn writes to the eventfd by its number, which
// is another file's as soon as the eventfd is closed.
func (v *virtual) Close() error {
	v.once.Do(func() {
		close(v.stop)
		<-v.done
		v.shut()
	})
	return nil
}
