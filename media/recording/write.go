package recording

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/offhook/offhook/media/dsp"
	"github.com/offhook/offhook/media/wav"
)

// fileRate is that of the files, wide-band speech: 64 kB a second, 230 MB an hour.
const fileRate = 16000

// syncEvery is how much of a recording a power cut may take, beside what the disk keeps back.
const syncEvery = 5 * time.Second

// A cut is a recording being written.
type cut struct {
	*Shelf
	tape      *Tape
	w         *wav.Writer
	here, far *dsp.Resampler
	thin      [2][]int16
	frames    []int16
	at        int64 // samples of the tape that are written, with the silence in place of those lost
	synced    int64 // as it was at the last sync
	most      int64 // samples
	quiet     block
}

// write is the life of a tape's goroutine.
func (s *Shelf) write(ctx context.Context, t *Tape) {
	defer t.Close()
	f, name, err := s.create(t.title)
	if err != nil {
		s.gave(t, name, err)
		return
	}
	defer s.release(name)
	rate := min(fileRate, s.cfg.Rate)
	w, err := wav.New(f, rate, 2)
	if err != nil {
		os.Remove(filepath.Join(s.cfg.Directory, name))
		s.gave(t, name, err)
		return
	}
	t.name.Store(&name)
	c := &cut{Shelf: s, tape: t, w: w, here: dsp.NewResampler(s.cfg.Rate, rate), far: dsp.NewResampler(s.cfg.Rate, rate),
		most: int64(s.cfg.Longest.Seconds() * float64(s.cfg.Rate))}
	for i := range c.thin {
		c.thin[i] = make([]int16, c.here.Out(blockLen)+1)
	}
	c.frames = make([]int16, 2*len(c.thin[0]))
	err = c.run(ctx)
	t.Close()
	if e := w.Close(); err == nil {
		err = e
	}
	if err != nil {
		s.gave(t, name, err)
	}
	s.cfg.Log.Info("recording ended", "file", name, "length", time.Duration(c.at*int64(time.Second)/int64(s.cfg.Rate)).Round(time.Second),
		"silent for the disk", t.Lost(s.cfg.Rate))
}

// gave says why a recording ended before its call.
func (s *Shelf) gave(t *Tape, name string, err error) {
	s.cfg.Log.Warn("recording failed", "file", name, "err", err)
	s.fail(t, inWords(err))
}

// run writes until the tape is closed and empty.
func (c *cut) run(ctx context.Context) error {
	for {
		select {
		case b := <-c.tape.full:
			if err := c.take(b); err != nil {
				return err
			}
			continue
		default:
		}
		select {
		case b := <-c.tape.full:
			if err := c.take(b); err != nil {
				return err
			}
		case <-ctx.Done():
			c.tape.Close()
			return c.drain()
		case <-c.tape.closed:
			return c.drain()
		}
	}
}

func (c *cut) drain() error {
	for {
		select {
		case b := <-c.tape.full:
			if err := c.take(b); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// take writes a block, and silence for what was lost before it.
func (c *cut) take(b *block) error {
	for c.at < b.at {
		c.quiet.n = int(min(b.at-c.at, blockLen))
		if err := c.put(&c.quiet); err != nil {
			return err
		}
	}
	err := c.put(b)
	c.tape.free <- b
	return err
}

func (c *cut) put(b *block) error {
	if c.most > 0 && c.at >= c.most {
		return errLong
	}
	n := c.here.Process(c.thin[0], b.here[:b.n])
	c.far.Process(c.thin[1], b.far[:b.n])
	for i := range n {
		c.frames[2*i], c.frames[2*i+1] = c.thin[0][i], c.thin[1][i]
	}
	if err := c.w.Write(c.frames[:2*n]); err != nil {
		return err
	}
	if c.at += int64(b.n); c.at-c.synced < int64(syncEvery.Seconds()*float64(c.cfg.Rate)) {
		return nil
	}
	c.synced = c.at
	if err := c.w.Sync(); err != nil {
		return err
	}
	return c.prune(time.Now(), 2*c.w.Samples())
}

// create makes the folder, room in it, and the file. A name that is taken gets a number.
func (s *Shelf) create(t Title) (*os.File, string, error) {
	name := t.name()
	if err := os.MkdirAll(s.cfg.Directory, 0o700); err != nil {
		return nil, name, err
	}
	if err := s.prune(time.Now(), 0); err != nil {
		return nil, name, err
	}
	for n := 2; ; n++ {
		f, err := s.cfg.create(filepath.Join(s.cfg.Directory, name))
		if err == nil {
			s.hold(name)
			return f, name, nil
		}
		if !errors.Is(err, os.ErrExist) || n > 99 {
			return nil, name, err
		}
		name = fmt.Sprintf("%s-%d%s", t.stem(), n, extension)
	}
}

func (s *Shelf) hold(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[name] = true
}

func (s *Shelf) release(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, name)
}
