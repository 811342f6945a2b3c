package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/station"
)

// reloadWithin is how long a phone may take to read its settings: a card that does not answer
// takes its time.
const reloadWithin = 20 * time.Second

// mistakesSaid is how many mistakes are told to who asks; "offhook check" tells all.
const mistakesSaid = 20

// reloadNow reads the settings again for a client of the panel, by way of the phone that runs.
func (d *desk) reloadNow(ctx context.Context) (string, error) {
	type outcome struct {
		words string
		good  bool
	}
	done := make(chan outcome, 1)
	r := station.Reloading{Done: func(words string, good bool) { done <- outcome{words, good} }}
	late := time.NewTimer(reloadWithin)
	defer late.Stop()
	select {
	case d.reloads <- r:
	case <-late.C:
		return "", errors.New("settings not read: the phone is starting or hangs")
	case <-ctx.Done():
		return "", errors.New("settings not read: the phone is stopping")
	}
	select {
	case o := <-done:
		if !o.good {
			return "", errors.New(o.words)
		}
		return o.words, nil
	case <-late.C:
		return "", errors.New("the settings file cannot be read in time")
	case <-ctx.Done():
		return "", errors.New("the phone is stopping")
	}
}

// refused are the mistakes of a file, and what runs in its place.
func refused(s config.Status) string {
	var b strings.Builder
	config.Print(&b, s.Mistakes[:min(len(s.Mistakes), mistakesSaid)])
	if more := len(s.Mistakes) - mistakesSaid; more > 0 {
		fmt.Fprintf(&b, "and %d more, which offhook check names\n", more)
	}
	return b.String() + inUse(s)
}

// taken is what becomes of good settings: in use now, once no call is up (later), or at the
// next start (next).
func taken(later, next []string) string {
	words := "The new settings are in use."
	if len(later) > 0 {
		words = "The new settings (" + strings.Join(later, ", ") + ") are used as soon as no call is up."
	}
	for _, what := range next {
		words += "\nNot before the next start: " + what + "."
	}
	return words
}

// reloadSettings has a running phone read its settings file, and says what came of it.
func reloadSettings(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "reload", "", args, 0, always(func(c *panel.Client) error {
		defer context.AfterFunc(ctx, func() { c.Close() })()
		words, err := c.Reload()
		switch {
		case ctx.Err() != nil:
			return errors.New("stopped waiting; the phone reads its settings all the same")
		case errors.Is(err, panel.ErrGone):
			return errors.New("the phone stopped before it had read its settings")
		case err != nil:
			fmt.Fprintln(s.err, strings.TrimPrefix(err.Error(), "panel: "))
			return errSilent
		}
		fmt.Fprintln(s.out, words)
		return nil
	}))
}
