package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/offhook/offhook/board/learn"
	"github.com/offhook/offhook/board/rpi"
)

// lookTime is how often the pins are looked at: three looks outlast a contact's bounce.
const lookTime = 30 * time.Millisecond

// A looker looks which pins are joined.
type looker interface{ Look() (learn.Look, error) }

// learnWiring asks for each key and the hook switch in turn, and prints what belongs in
// offhook.toml.
func learnWiring(ctx context.Context, s streams, args []string) error {
	f := flags(s, "learn", "")
	chip := f.String("chip", "", "`label` of the GPIO chip, as in board.chip; none: a Raspberry Pi's header")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	p, err := rpi.NewProber(*chip)
	if err != nil {
		return noPins(err)
	}
	defer p.Close()
	fmt.Fprintln(s.err, "This pulls each free pin of the header down in turn. Unplug a bell's driver and relays first.")
	if len(p.Taken) > 0 {
		fmt.Fprintf(s.err, "Pins that something else has, and that are not looked at: GPIO %s.\n", pinList(p.Taken))
	}
	return converse(ctx, s, p)
}

// noPins is why no pin can be looked at, and what to do.
func noPins(err error) error {
	switch {
	case errors.Is(err, rpi.ErrNoLines):
		return errors.New("this computer has no GPIO pins, or this user may not open them (group gpio); learn runs on the board that the keypad is wired to")
	case errors.Is(err, rpi.ErrBusy):
		return fmt.Errorf("%w; a phone that runs has them, stop it first: systemctl stop offhook", err)
	}
	return err
}

func pinList(pins []int) string {
	text := fmt.Sprint(pins)
	return text[1 : len(text)-1]
}

// converse holds the conversation: questions go to the terminal's error stream, so that the
// settings alone are printed.
func converse(ctx context.Context, s streams, pins looker) error {
	m, words := learn.Begin()
	say := func(words string) {
		if words != "" {
			fmt.Fprintln(s.err, words)
		}
	}
	say(words)
	lines := make(chan string)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer close(lines)
		for typed := bufio.NewScanner(io.LimitReader(s.in, 1<<16)); typed.Scan(); {
			select {
			case lines <- typed.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for !m.Done() {
		select {
		case line, open := <-lines:
			if !open {
				return fmt.Errorf("nobody answers any more; nothing was learnt")
			}
			m, words = m.Enter(line)
			say(words)
		case <-tick.C:
			l, err := pins.Look()
			if err != nil {
				return err
			}
			m, words = m.See(l)
			say(words)
		case <-ctx.Done():
			return nil
		}
	}
	text, err := m.TOML()
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "This belongs in offhook.toml, in place of its [board] and what begins with [board.:")
	_, err = fmt.Fprint(s.out, text)
	return err
}
