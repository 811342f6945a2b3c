package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/store"
)

// readStore gives a copy of the store of the phone whose data is in dir to use: the phone may
// be running, and hold its own.
func readStore(dir string, use func(*store.Store)) error {
	kept, err := os.ReadFile(filepath.Join(dir, storeName))
	if err != nil {
		return err
	}
	copied, err := os.MkdirTemp("", "offhook-store-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(copied)
	path := filepath.Join(copied, storeName)
	if err := os.WriteFile(path, kept, 0o600); err != nil {
		return err
	}
	st, _, err := store.Open(path)
	if err != nil {
		return err
	}
	use(st)
	closed, cancel := context.WithCancel(context.Background())
	cancel()
	st.Run(closed) // closes the copy
	return nil
}

// printCalls prints the call log by when the calls began, newest first.
func printCalls(_ context.Context, s streams, args []string) error {
	f := flags(s, "calls", "")
	data := f.String("data", defaultData(), "`folder` of the phone's own data, which \"offhook run\" names as well")
	count := f.Int("n", 20, "how many, the last ones")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	var all []phone.Entry
	err := readStore(*data, func(st *store.Store) { all = st.Entries(0, *count) })
	switch {
	case os.IsNotExist(err):
		fmt.Fprintf(s.out, "No phone has kept anything in %s yet; -data names another folder.\n", *data)
		return nil
	case err != nil:
		return fmt.Errorf("calls: %w", err)
	case len(all) == 0:
		fmt.Fprintf(s.out, "No calls yet in %s.\n", *data)
	}
	for _, e := range all {
		fmt.Fprintln(s.out, callLine(e))
	}
	return nil
}

// callLine is a call of the log in one line.
func callLine(e phone.Entry) string {
	at := "               "
	if !e.Started.IsZero() {
		at = e.Started.Format("2006-01-02 15:04")
	}
	talked := ""
	if e.Talked > 0 {
		talked = e.Talked.Round(time.Second).String()
	}
	who := strings.TrimSpace(e.Peer.Name + " " + e.Peer.Number)
	if who == "" {
		who = "unknown"
	}
	line := strings.TrimRight(fmt.Sprintf("%-16s  %-9s  %8s  %-28s  %s", at, outcome(e), talked, printable(who), heard(e.Quality)), " ")
	if e.Recorded != "" {
		line += "; recorded: " + printable(e.Recorded)
	}
	return line
}

// outcome is what became of a call in a word.
func outcome(e phone.Entry) string {
	switch e.Outcome {
	case phone.OutcomeMissed:
		return "missed"
	case phone.OutcomeRejected:
		return "rejected"
	case phone.OutcomeElsewhere:
		return "elsewhere"
	case phone.OutcomeCancelled:
		return "cancelled"
	case phone.OutcomeBusy:
		return "busy"
	case phone.OutcomeFailed:
		return "failed"
	}
	if e.Outgoing {
		return "out"
	}
	return "in"
}

// heard is how a call sounded; "": it is not known.
func heard(q phone.Quality) string {
	if !q.Known() {
		return ""
	}
	words := fmt.Sprintf("%s, MOS %.1f, %s, %d ms, %.1f %% lost, jitter %d ms", q.Words, q.MOS, q.Codec, q.Delay.Milliseconds(), q.Lost, q.Jitter.Milliseconds())
	if q.There > 0 {
		words += fmt.Sprintf("; the far end hears MOS %.1f", q.There)
	}
	return words
}

// printable is text of a far end's without what would move a terminal's cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}
