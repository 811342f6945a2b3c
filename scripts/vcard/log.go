package vcard

import (
	"bufio"
	"fmt"
	"os"
	"time"
)

// An Event is one line of a card's log.
type Event struct {
	At       time.Duration // since the epoch
	PID      int
	Stream   string // "play", "record"
	What     string // "open", "start", "xrun", "stop", "close", "no-in-file", "no-out-file"
	Rate     int    // Hz; 0 before the first open
	Channels int
	Period   int   // frames that the program asked to be woken for
	Buffer   int   // frames
	Frame    int64 // of the time line, while running; at "start" that of its first sample
	Xruns    int   // of this stream so far
}

// Events reads a log. No file yet is no event.
func Events(path string) ([]Event, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("vcard: %w", err)
	}
	defer f.Close()
	var all []Event
	for lines := bufio.NewScanner(f); ; {
		if !lines.Scan() {
			return all, lines.Err()
		}
		var e Event
		if _, err := fmt.Sscanf(lines.Text(), "%d %d %s %s rate=%d channels=%d period=%d buffer=%d frame=%d xruns=%d",
			&e.At, &e.PID, &e.Stream, &e.What, &e.Rate, &e.Channels, &e.Period, &e.Buffer, &e.Frame, &e.Xruns); err != nil {
			return nil, fmt.Errorf("vcard: %s: %q: %w", path, lines.Text(), err)
		}
		all = append(all, e)
	}
}

// Xruns counts the xruns in a log, of both streams.
func Xruns(all []Event) (n int) {
	for _, e := range all {
		if e.What == "xrun" {
			n++
		}
	}
	return n
}
