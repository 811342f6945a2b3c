package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/board/learn"
	"github.com/offhook/offhook/board/rpi"
	"github.com/offhook/offhook/board/wiring"
	"github.com/offhook/offhook/firmware/config"
)

// A person does what they are asked on the terminal, at a board that a wiring describes.
type person struct {
	wiring wiring.Wiring
	types  *io.PipeWriter

	mu     sync.Mutex
	holds  rune
	lifts  bool
	broken error
}

// Write is what the terminal says.
func (p *person) Write(said []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for line := range strings.Lines(string(said)) {
		fmt.Sscanf(line, "Press %c and", &p.holds)
		switch {
		case strings.Contains(line, "Let go"):
			p.holds = 0
		case strings.HasPrefix(line, "Lift"):
			p.lifts = true
		case strings.HasPrefix(line, "Which keys"):
			go io.WriteString(p.types, strings.Join(p.wiring.Keypad.Keys, " ")+"\n")
		case strings.Contains(line, "then Enter"), strings.Contains(line, "Something moves"):
			go io.WriteString(p.types, "\n")
		}
	}
	return len(said), nil
}

func (p *person) Look() (learn.Look, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var l learn.Look
	if p.lifts == (p.wiring.Hook.Lifted == "closed") {
		l.Low = []int{p.wiring.Hook.Pin}
	}
	for r, row := range p.wiring.Keypad.Keys {
		if c := slices.Index([]rune(row), p.holds); c >= 0 {
			a, b := p.wiring.Keypad.Rows[r], p.wiring.Keypad.Cols[c]
			l.Pairs = [][2]int{{min(a, b), max(a, b)}}
		}
	}
	return l, p.broken
}

// What is learnt from a board is that board, as the settings file takes it.
func TestLearnFindsTheBoard(t *testing.T) {
	w, _ := wiring.Preset("pi-4x4-2004-i2c")
	w.Hook.Lifted = "closed"
	in, types := io.Pipe()
	defer types.Close()
	p := &person{wiring: w, types: types}
	var out bytes.Buffer
	if err := converse(context.Background(), streams{in, &out, p}, p); err != nil {
		t.Fatal(err)
	}
	c, mistakes := config.Parse("offhook.toml", out.Bytes(), config.Options{})
	if len(mistakes) > 0 {
		t.Fatalf("%v\n%s", mistakes, out.String())
	}
	if diff := cmp.Diff(w.Keypad.Keys, c.Wiring.Keypad.Keys); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(c.Wiring.Keypad.Rows, w.Keypad.Rows) || !slices.Equal(c.Wiring.Keypad.Cols, w.Keypad.Cols) {
		t.Errorf("rows %v, columns %v", c.Wiring.Keypad.Rows, c.Wiring.Keypad.Cols)
	}
	if c.Wiring.Hook != w.Hook {
		t.Errorf("hook %+v, want %+v", c.Wiring.Hook, w.Hook)
	}
	if diff := cmp.Diff(w.Functions, c.Wiring.Functions); diff != "" {
		t.Error(diff)
	}
}

func TestLearnEndsWhenNobodyAnswers(t *testing.T) {
	w, _ := wiring.Preset("pi-4x4-2004-i2c")
	p := &person{wiring: w}
	err := converse(context.Background(), streams{strings.NewReader("none\n"), io.Discard, io.Discard}, p)
	if err == nil || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("%v", err)
	}
	p.broken = errors.New("the pins are gone")
	in, types := io.Pipe()
	defer types.Close()
	if err := converse(context.Background(), streams{in, io.Discard, io.Discard}, p); !errors.Is(err, p.broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := converse(ctx, streams{in, io.Discard, io.Discard}, p); err != nil && !errors.Is(err, p.broken) {
		t.Errorf("%v", err)
	}
	fails(t, 2, "usage: offhook learn", "learn", "now")
}

func TestNoPins(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("the pins cannot be read: %w", rpi.ErrNoLines), "this computer has no GPIO pins, or this user may not open them (group gpio); learn runs on the board that the keypad is wired to"},
		{fmt.Errorf("the pins cannot be read: %w", rpi.ErrBusy), "the pins cannot be read: device or resource busy; a phone that runs has them, stop it first: systemctl stop offhook"},
		{errors.New(`the pins cannot be read: there is no GPIO chip "mine"; there is none`), `the pins cannot be read: there is no GPIO chip "mine"; there is none`},
	} {
		if got := noPins(c.err).Error(); got != c.want {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}
