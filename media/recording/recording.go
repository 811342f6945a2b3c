// Package recording owns calls that are kept as sound: stereo WAV files, left what was said
// here and right what came from the far end, on disk in the end while the call goes on. It owns
// their names, how many there may be and for how long, and the goroutines that write them. It
// refuses to make anybody wait: whoever has sound puts it into a Tape, and what the disk
// is too slow for is silence in the file, of the same length.
package recording

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/offhook/offhook/media/wav"
)

// Config says where recordings go and how many may be there. It is not changed after New.
type Config struct {
	Directory string
	MostBytes int64         // of all recordings together; the oldest make room
	MostAge   time.Duration // older ones go; 0: never
	Longest   time.Duration // of one recording; then it ends
	Rate      int           // of what is put into tapes, in Hz

	Log *slog.Logger // nil: none

	create func(string) (*os.File, error)           // tests; nil: a file that was not there
	room   func(string) (free, all uint64, _ error) // tests; nil: statfs
}

// A Title is what a recording is named by.
type Title struct {
	At       time.Time
	Outgoing bool
	Number   string // of the far end; may be anything
}

// Failed is a recording that ended before its call. Words are for the user: "Not recorded:
// the disk is full".
type Failed struct {
	Tape  *Tape
	Words string
}

// A Shelf is the folder of recordings.
type Shelf struct {
	cfg    Config
	begun  chan *Tape
	failed chan Failed

	mu   sync.Mutex
	open map[string]bool // files that are written now
}

const maxTapes = 16 // begun and not yet looked at

// New makes a shelf. Nothing is written before Run.
func New(c Config) *Shelf {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.create == nil {
		c.create = func(path string) (*os.File, error) {
			return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // nobody else's to hear
		}
	}
	if c.room == nil {
		c.room = statfs
	}
	return &Shelf{cfg: c, begun: make(chan *Tape, maxTapes), failed: make(chan Failed, maxTapes), open: map[string]bool{}}
}

// Failed tells of recordings that failed. Who does not read it loses all but the first 16.
func (s *Shelf) Failed() <-chan Failed { return s.failed }

// Begin starts a recording and never blocks.
func (s *Shelf) Begin(t Title) *Tape {
	tape := newTape(t)
	select {
	case s.begun <- tape:
	default: // Run does not run, or the disk stands still
		tape.Close()
		s.fail(tape, tooSlow)
	}
	return tape
}

func (s *Shelf) fail(t *Tape, words string) {
	select {
	case s.failed <- Failed{t, "Not recorded: " + words}:
	default:
	}
}

// Run writes recordings until ctx ends; then it ends those that are open, and returns nil once
// all files are closed. It begins with mending what a power cut has left.
func (s *Shelf) Run(ctx context.Context) error {
	var writers sync.WaitGroup
	defer writers.Wait()
	s.mend()
	s.prune(time.Now(), 0)
	for {
		select {
		case t := <-s.begun:
			writers.Go(func() { s.write(ctx, t) })
		case <-ctx.Done():
			for { // what was said just now is kept too
				select {
				case t := <-s.begun:
					writers.Go(func() { s.write(ctx, t) })
				default:
					return nil
				}
			}
		}
	}
}

// mend brings headers up to date.
func (s *Shelf) mend() {
	for _, f := range s.list() {
		path := filepath.Join(s.cfg.Directory, f.name)
		switch mended, err := wav.Mend(path); {
		case err != nil:
			s.cfg.Log.Warn("recording not mended", "file", f.name, "err", err)
		case mended:
			s.cfg.Log.Info("recording mended", "file", f.name)
		}
	}
}
