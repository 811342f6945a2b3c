package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/hal"
)

// flashLength is the hook flash of `offhook hook flash`: well within every flash window.
const flashLength = 300 * time.Millisecond

// A deed is what a command does on a running phone.
type deed func(c *panel.Client) error

// onPhone runs one command on a running phone: the flags that find it, count arguments
// (-1: any number), which read turns into the deed before anybody is called.
func onPhone(ctx context.Context, s streams, name, usage string, args []string, count int,
	read func(words []string) (deed, error)) error {
	f := flags(s, name, usage)
	addr := f.String("socket", defaultSocket(), "the phone's panel: a socket path, or host:port")
	token := f.String("token", os.Getenv("OFFHOOK_TOKEN"), "panel token, for host:port")
	if err := parse(f, args, count); err != nil {
		return err
	}
	do, err := read(f.Args())
	if err != nil {
		if errors.Is(err, errUsage) {
			f.Usage()
		}
		return err
	}
	c, err := panel.Dial(ctx, *addr, *token)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED): // that says it all
		return fmt.Errorf("no phone answers at %s; is one running?", *addr)
	case err != nil:
		return fmt.Errorf("no phone answers at %s; is one running? (%w)", *addr, err)
	}
	defer c.Close()
	return do(c)
}

// always is the deed of a command without arguments.
func always(do deed) func([]string) (deed, error) {
	return func([]string) (deed, error) { return do, nil }
}

func attachPanel(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "panel", "", args, 0, func([]string) (deed, error) {
		if !isTerminal(s.in) {
			return nil, errors.New("panel needs a terminal")
		}
		return func(c *panel.Client) error { return panel.Terminal(ctx, c, s.in, s.out) }, nil
	})
}

func pressKeys(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "press", "KEYS", args, -1, func(words []string) (deed, error) {
		if len(words) == 0 {
			return nil, errUsage
		}
		return func(c *panel.Client) error { return c.Tap(strings.Join(words, "")) }, nil
	})
}

func moveHook(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "hook", "off|on|flash", args, 1, func(words []string) (deed, error) {
		switch words[0] {
		case "off":
			return func(c *panel.Client) error { return c.Hook(true) }, nil
		case "on":
			return func(c *panel.Client) error { return c.Hook(false) }, nil
		case "flash":
			return func(c *panel.Client) error { return c.Flash(flashLength) }, nil
		}
		return nil, errUsage
	})
}

// sendText sends a text and waits for its outcome. ^C leaves it to itself.
func sendText(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "text", "NUMBER WORDS", args, -1, func(words []string) (deed, error) {
		if len(words) < 2 {
			return nil, errUsage
		}
		number, text := words[0], strings.TrimSpace(strings.Join(words[1:], " "))
		switch n := utf8.RuneCountInString(text); {
		case text == "":
			return nil, errors.New("text: no words to send")
		case !utf8.ValidString(text):
			return nil, errors.New("text: the words are not UTF-8")
		case n > panel.MaxText:
			return nil, fmt.Errorf("text: %d letters; a text has at most %d", n, panel.MaxText)
		}
		return func(c *panel.Client) error {
			defer context.AfterFunc(ctx, func() { c.Close() })()
			err := c.Text(number, text)
			switch {
			case ctx.Err() != nil:
				return errors.New("stopped waiting; the text may still arrive")
			case errors.Is(err, panel.ErrGone):
				return errors.New("the phone stopped before it was known whether the text arrived")
			case err != nil:
				return errors.New(strings.TrimPrefix(err.Error(), "panel: "))
			}
			fmt.Fprintf(s.out, "Text sent to %s\n", number)
			return nil
		}, nil
	})
}

func printLCD(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "lcd", "", args, 0, always(func(c *panel.Client) error {
		lcd, err := c.LCD()
		if err == nil {
			writeLCD(s, lcd)
		}
		return err
	}))
}

func writeLCD(s streams, lcd panel.LCD) {
	for _, line := range lcd.Rows {
		fmt.Fprintln(s.out, strings.TrimRight(plain(line), " "))
	}
}

// plain is a line of the display in characters that every terminal has.
func plain(line string) string {
	return strings.NewReplacer(
		string(hal.GlyphLock), "*", string(hal.GlyphBell), "!", string(hal.GlyphArrow), "v",
	).Replace(line)
}

func waitLCD(ctx context.Context, s streams, args []string) error {
	return onPhone(ctx, s, "wait", "REGEXP TIME", args, 2, func(words []string) (deed, error) {
		re, err := regexp.Compile(words[0])
		if err != nil {
			return nil, fmt.Errorf("wait: %w", err)
		}
		timeout, err := time.ParseDuration(words[1])
		if err != nil || timeout <= 0 {
			return nil, fmt.Errorf("wait: %q is no time; write 5s or 500ms", words[1])
		}
		return func(c *panel.Client) error {
			lcd, err := c.Wait(re, timeout)
			writeLCD(s, lcd)
			if errors.Is(err, panel.ErrTimeout) { // its words would show the display again
				return fmt.Errorf("the display never matched %q within %v", re, timeout)
			}
			return err
		}, nil
	})
}
