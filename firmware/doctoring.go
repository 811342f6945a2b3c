package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/board"
	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/hal"
)

// seeDoctor has a running phone examined, or, where none runs, this machine with the settings
// that a phone would have. It fails where a layer does.
func seeDoctor(ctx context.Context, s streams, args []string) error {
	f := flags(s, "doctor", "")
	file := f.String("config", defaultSettings(), "settings `file`, where no phone runs")
	data := f.String("data", defaultData(), "`folder` of the phone's own data, where no phone runs")
	addr := f.String("socket", defaultSocket(), "the phone's panel: a socket path, or host:port")
	token := f.String("token", os.Getenv("OFFHOOK_TOKEN"), "panel token, for host:port")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	words, err := onDuty(ctx, *addr, *token, *file, *data)
	if err != nil {
		return err
	}
	fmt.Fprint(s.out, words)
	if doctor.Fails(words) {
		return errSilent
	}
	return nil
}

// onDuty is what the running phone says of itself, or else what is found here.
func onDuty(ctx context.Context, addr, token, file, data string) (string, error) {
	c, err := panel.Dial(ctx, addr, token)
	if err != nil {
		if remote(addr) {
			return "", fmt.Errorf("no phone answers at %s", addr)
		}
		settings, status := config.LoadOrLastGood(file, data, config.Options{Menu: menuSettings(data)})
		found := examine(ctx, subject{config: settings, settings: fileSeen(file, status), noPhone: true, faults: tryBoard(ctx, settings), system: os.DirFS("/")})
		return "No phone runs here: this computer is examined with the settings that one would have.\n\n" + found.String(), nil
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	words, err := c.Doctor()
	switch {
	case ctx.Err() != nil:
		return "", errors.New("stopped waiting")
	case err != nil:
		return "", errors.New(strings.TrimPrefix(err.Error(), "panel: "))
	}
	return words, nil
}

// boardTime is how long a board may take to tell of its faults.
const boardTime = 2 * time.Second

// tryBoard runs the board for a while, and returns its faults.
func tryBoard(ctx context.Context, c config.Config) []doctor.Fault {
	b, err := board.Open(c.Wiring)
	if err != nil {
		return []doctor.Fault{{Part: "board", Words: err.Error()}}
	}
	ctx, stop := context.WithTimeout(ctx, boardTime)
	defer stop()
	in := make(chan hal.Input)
	var running sync.WaitGroup
	running.Go(func() {
		defer stop()
		b.Run(ctx, in)
	})
	defer running.Wait()
	now := map[string]string{}
	for {
		select {
		case v := <-in:
			if f, is := v.(hal.Fault); is {
				now[f.Part] = f.Problem
			}
		case <-ctx.Done():
			var faults []doctor.Fault
			for _, part := range []string{"keypad", "dial", "hook", "lcd", "lamps", "ringer"} {
				if now[part] != "" {
					faults = append(faults, doctor.Fault{Part: part, Words: now[part]})
				}
			}
			return faults
		}
	}
}
