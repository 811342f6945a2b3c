// Command voice hears what telephones make of bad networks: Offhook beside Debian's baresip
// and linphonec, two of each in a call, all at the same time, with the same speech and the
// same packets lost or late. It owns the cases and the table; it refuses to look inside a
// phone, and to call a figure good that is not.
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
const limit = 30*time.Minute - 10*time.Second

type options struct {
	offhook, out, keep, traces string
	cases, codecs              string
	seconds, nice              int
	seed                       uint64
}

func main() {
	var o options
	flag.StringVar(&o.offhook, "offhook", "bin/offhook", "the phone's `binary`")
	flag.StringVar(&o.cases, "cases", "", "`names` of the cases, with commas: "+caseNames()+"; none: all")
	flag.StringVar(&o.codecs, "codecs", "", "`names` of the codecs, with commas: g711,opus; none: both")
	flag.IntVar(&o.seconds, "seconds", 35, "how many `seconds` of each call are measured, 5 to 120")
	flag.Uint64Var(&o.seed, "seed", 1, "`number` that says which packets are lost and late")
	flag.IntVar(&o.nice, "nice", 0, "`priority` of the phones, all kinds alike: -20 first to 19 last; below 0 only for root")
	flag.StringVar(&o.traces, "traces", "scripts/jitterbench/g1050", "`folder` of the G.1050 traces")
	flag.StringVar(&o.out, "out", "", "also write the table as Markdown to this `file`, and drawings beside it")
	flag.StringVar(&o.keep, "keep", "", "`folder` to keep recordings and logs in")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "voice:", err)
		cancel()
		stop()
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) (err error) {
	if o.seconds < 5 || o.seconds > 120 || o.nice < -20 || o.nice > 19 {
		return errors.New("-seconds is 5 to 120, -nice -20 to 19")
	}
	cases, err := chosen(o.cases)
	if err != nil {
		return err
	}
	codecs, err := chosenCodecs(o.codecs)
	if err != nil {
		return err
	}
	if o.offhook, err = filepath.Abs(o.offhook); err != nil {
		return err
	}
	if o.keep == "" {
		if o.keep, err = os.MkdirTemp(trial.Memory(), "offhook-voice-"); err != nil {
			return err
		}
		defer os.RemoveAll(o.keep)
	} else if o.keep, err = filepath.Abs(o.keep); err != nil {
		return err
	} else if err = os.MkdirAll(o.keep, 0o755); err != nil {
		return err
	}
	r, err := measureAll(ctx, o, cases, codecs)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("stopped: %w: %w", context.Cause(ctx), err)
		}
		return err
	}
	doc := r.document()
	fmt.Print(doc.Text())
	if o.out == "" {
		return nil
	}
	return r.write(o.out, doc)
}

// measureAll measures one case after the other, in each codec. A case that fails is told,
// and the next is measured; all failing is an error.
func measureAll(ctx context.Context, o options, cases []circumstance, codecs []trial.Codec) (r results, err error) {
	begun := time.Now()
	step := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, args...))
	}
	r.about = trial.AboutHere(ctx, o.offhook)
	r.nice, r.seed, r.seconds = o.nice, o.seed, o.seconds
	mouths, err := trial.Speak(o.keep)
	if err != nil {
		return r, err
	}
	for _, codec := range codecs {
		for _, c := range cases {
			step("%s: %s", codec.Name, c.what)
			one, err := runCase(ctx, o, c, codec, mouths)
			if ctx.Err() != nil {
				return r, err
			}
			if err != nil {
				step("%v", err)
				r.failed = append(r.failed, fmt.Sprintf("%s, %s: not measured: %.300v", codec.Name, c.what, err))
				continue
			}
			r.calls = append(r.calls, one)
		}
	}
	step("done")
	r.peers = trial.PeerVersions(ctx)
	if len(r.calls) == 0 {
		return r, fmt.Errorf("nothing could be measured: %v", r.failed)
	}
	return r, nil
}
