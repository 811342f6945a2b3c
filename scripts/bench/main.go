// Command bench says what a call costs: Offhook beside Debian's baresip and, for quickness,
// linphonec, all at Debian's Kamailio, in one run on this machine. It owns the calls, the clock and the table; it
// refuses to look inside a phone, and to call a figure good that is not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/offhook/offhook/scripts/trial"
)

// limit is how long the whole of it may take.
const limit = 3*time.Minute - 5*time.Second

func main() {
	var o options
	flag.StringVar(&o.offhook, "offhook", "bin/offhook", "the phone's `binary`")
	flag.IntVar(&o.seconds, "seconds", 30, "how many `seconds` of each call are measured, 5 to 50")
	flag.IntVar(&o.starts, "starts", 5, "how many `times` each phone is started, and called, for its median, 1 to 20")
	flag.IntVar(&o.nice, "nice", 0, "`priority` of the phones, both kinds alike: -20 first to 19 last; below 0 only for root")
	flag.StringVar(&o.period, "period", "", "`card_period` of Offhook in the calls, like 20ms; the page says so")
	flag.StringVar(&o.out, "out", "", "also write the table as Markdown to this `file`")
	flag.StringVar(&o.only, "only", "", "`quick`: only the table Quickness, within two minutes, printed and written nowhere else")
	flag.StringVar(&o.keep, "keep", "", "`folder` to keep recordings and logs in")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		cancel()
		stop()
		os.Exit(1)
	}
}

type options struct {
	period             string
	offhook, out, keep string
	only               string
	seconds, starts    int
	nice               int
}

// errAllocates is the one figure that is an error: a frame that allocates stutters one day.
var errAllocates = errors.New("a frame of the media path allocates")

func bench(ctx context.Context, o options) error {
	if o.seconds < 5 || o.seconds > 50 || o.starts < 1 || o.starts > 20 {
		return errors.New("-seconds is 5 to 50, -starts 1 to 20")
	}
	if o.only != "" && o.only != "quick" || o.only != "" && o.out != "" {
		return errors.New("-only is quick, and does not go with -out: a page has all its tables")
	}
	if o.nice < -20 || o.nice > 19 {
		return errors.New("-nice is -20 to 19")
	}
	var err error
	if o.offhook, err = filepath.Abs(o.offhook); err != nil {
		return err
	}
	if o.keep == "" {
		dir, err := os.MkdirTemp(trial.Memory(), "offhook-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.keep = dir
	} else if o.keep, err = filepath.Abs(o.keep); err != nil {
		return err
	}
	r, err := measureAll(ctx, o)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("stopped: %w: %w", context.Cause(ctx), err)
		}
		return err
	}
	if o.only != "" {
		fmt.Print(trial.Document{r.quickTable()}.Text())
		return nil
	}
	doc := r.document()
	fmt.Print(doc.Text())
	if o.out != "" {
		if err := os.WriteFile(o.out, []byte(doc.Markdown()), 0o644); err != nil {
			return err
		}
	}
	if !r.allocatesNothing() {
		return errAllocates
	}
	return nil
}

// measureAll measures one thing after the other; only the two pairs of one call run at
// the same time, so that both are measured on the same machine.
func measureAll(ctx context.Context, o options) (r results, err error) {
	step := progress(time.Now())
	r.nice, r.period = o.nice, o.period
	r.about = trial.AboutHere(ctx, o.offhook)
	if o.only == "" {
		step("the media path, frame by frame")
		if r.frames, err = benchFrames(ctx); err != nil {
			return r, err
		}
	}
	for _, k := range hurried {
		step("%s: starts and rings", k)
		if r.quickness[k], err = hurry(ctx, o, k); err != nil {
			return r, fmt.Errorf("%s: %w", k, err)
		}
	}
	if o.only != "" {
		return r, nil
	}
	mouths, err := trial.Speak(o.keep)
	if err != nil {
		return r, err
	}
	for _, c := range trial.Codecs {
		step("two phones of each, a call of %d s in %s", o.seconds, c.Name)
		one, err := runCall(ctx, o, c, mouths)
		if err != nil {
			return r, fmt.Errorf("%s: %w", c.Name, err)
		}
		r.calls = append(r.calls, one)
	}
	step("done")
	r.peers = trial.PeerVersions(ctx)
	return r, nil
}

// progress says on standard error what is being done, and since when.
func progress(begun time.Time) func(format string, args ...any) {
	return func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%4.0f s  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, args...))
	}
}

// rest lets d pass, unless ctx ends before.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
