// Command demo is two phones that call each other without a person: each is a process of
// its own at the built-in exchange, worked through its panel socket alone. It prints what
// their displays show and what was measured, and exits 0 only if each heard the other.
// It owns the call and the judgement of it; it refuses to look inside a phone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// limit is how long one pass may take.
const limit = 50 * time.Second

func main() {
	offhook := flag.String("offhook", "bin/offhook", "the phone's `binary`")
	mute := flag.String("mute", "", "press the mute key of phone `A or B` in mid-call: the demo must then fail")
	pass := flag.String("pass", "all", "wav: the WAV files; card: PortAudio on a virtual ALSA card; all: both")
	keep := flag.String("keep", "", "`folder` to keep recordings and logs in")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := demo(ctx, *offhook, *mute, *pass, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}

// errHeard is a pass in which somebody did not hear what was said.
var errHeard = errors.New("not everything that was said was heard")

func demo(ctx context.Context, offhook, mute, pass, keep string) error {
	offhook, err := filepath.Abs(offhook)
	if err != nil {
		return err
	}
	dir := keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "offhook-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	} else if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	voices, err := speak(dir)
	if err != nil {
		return err
	}
	failed := false
	for _, kind := range []soundKind{wavFiles, virtualCard} {
		if pass != "all" && pass != kind.flag() {
			continue
		}
		fmt.Printf("== two phones, %s\n", kind)
		ok, err := runPass(ctx, passConfig{
			dir: filepath.Join(dir, kind.flag()), offhook: offhook, kind: kind, mute: mute, voices: voices,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		failed = failed || !ok
	}
	if failed {
		return errHeard
	}
	fmt.Println("== each heard the other")
	return nil
}

func runPass(ctx context.Context, c passConfig) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p, err := openPass(c)
	if err != nil {
		return false, err
	}
	facts, err := p.call(ctx)
	p.close()
	if err != nil {
		return false, fmt.Errorf("%w\n%s", err, p.logs())
	}
	reports, err := p.listen(facts)
	if err != nil {
		return false, err
	}
	v := judge(facts, reports)
	v.print(os.Stdout)
	return v.ok(), nil
}
