package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/hal"
)

// flashLength is the hook flash of `offhook hook flash`: well within every flash window.
const flashLength = 300 * time.Millisecond

// remote adds the flags that find a running phone, and returns how to dial it.
func remote(f *flag.FlagSet) func(context.Context) (*panel.Client, error) {
	addr := f.String("socket", defaultSocket(), "the phone's panel: a socket path, or host:port")
	token := f.String("token", os.Getenv("OFFHOOK_TOKEN"), "panel token, for host:port")
	return func(ctx context.Context) (*panel.Client, error) {
		c, err := panel.Dial(ctx, *addr, *token)
		if err != nil {
			return nil, fmt.Errorf("no phone answers at %s; is one running? (%w)", *addr, err)
		}
		return c, nil
	}
}

func attachPanel(ctx context.Context, s streams, args []string) error {
	f := flags(s, "panel", "")
	dial := remote(f)
	if err := parse(f, args, 0); err != nil {
		return err
	}
	c, err := dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return panel.Terminal(ctx, c, s.in, s.out)
}

func pressKeys(ctx context.Context, s streams, args []string) error {
	f := flags(s, "press", "KEYS")
	dial := remote(f)
	if err := parse(f, args, -1); err != nil {
		return err
	}
	keys := strings.Join(f.Args(), "")
	if keys == "" {
		f.Usage()
		return errUsage
	}
	c, err := dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Tap(keys)
}

func moveHook(ctx context.Context, s streams, args []string) error {
	f := flags(s, "hook", "off|on|flash")
	dial := remote(f)
	if err := parse(f, args, 1); err != nil {
		return err
	}
	c, err := dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	switch f.Arg(0) {
	case "off":
		return c.Hook(true)
	case "on":
		return c.Hook(false)
	case "flash":
		return c.Flash(flashLength)
	}
	f.Usage()
	return errUsage
}

func printLCD(ctx context.Context, s streams, args []string) error {
	f := flags(s, "lcd", "")
	dial := remote(f)
	if err := parse(f, args, 0); err != nil {
		return err
	}
	c, err := dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	lcd, err := c.LCD()
	if err != nil {
		return err
	}
	writeLCD(s, lcd)
	return nil
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
	f := flags(s, "wait", "REGEXP TIME")
	dial := remote(f)
	if err := parse(f, args, 2); err != nil {
		return err
	}
	re, err := regexp.Compile(f.Arg(0))
	if err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	timeout, err := time.ParseDuration(f.Arg(1))
	if err != nil || timeout <= 0 {
		return fmt.Errorf("wait: %q is no time; write 5s or 500ms", f.Arg(1))
	}
	c, err := dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	lcd, err := c.Wait(re, timeout)
	writeLCD(s, lcd)
	if errors.Is(err, panel.ErrTimeout) { // its words would show the display again
		return fmt.Errorf("the display never matched %q within %v", re, timeout)
	}
	return err
}
