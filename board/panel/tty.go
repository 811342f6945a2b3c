package panel

import (
	"context"
	"fmt"
	"io"
	"os"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
)

// A tty is a terminal with its keys: raw, on its other screen, without a cursor. What is no
// terminal, a pipe say, has the size that terminals have had for fifty years.
type tty struct {
	out           io.Writer
	width, height int
	events        chan uv.Event
	failed        chan error // of reading, once; the end of the keys is none
	resized       <-chan os.Signal

	canvas canvas
	title  string
	file   term.File // of out, where that is a terminal
	sizes  *uv.SizeNotifier
	raw    term.File // of in, where that is a terminal, with how it was
	was    *term.State
	keys   cancelreader.CancelReader
	read   chan struct{} // closed when nobody reads any more
}

// openTTY takes the terminal over. ctx must end before close is called.
func openTTY(ctx context.Context, in io.Reader, out io.Writer) (*tty, error) {
	t := &tty{out: out, width: 80, height: 24, events: make(chan uv.Event), failed: make(chan error, 1), read: make(chan struct{})}
	var err error
	if t.keys, err = uv.NewCancelReader(in); err != nil {
		return nil, fmt.Errorf("panel: the terminal's keys: %w", err)
	}
	if f, ok := in.(term.File); ok && term.IsTerminal(f.Fd()) {
		if t.was, err = term.MakeRaw(f.Fd()); err != nil {
			return nil, fmt.Errorf("panel: the terminal's mode: %w", err)
		}
		t.raw = f
	}
	if f, ok := out.(term.File); ok && term.IsTerminal(f.Fd()) {
		t.file, t.sizes = f, uv.NewSizeNotifier(f)
		if err := t.sizes.Start(); err == nil {
			t.resized = t.sizes.C
		}
	}
	t.measure()
	go func() {
		defer close(t.read)
		if err := uv.NewTerminalReader(t.keys, os.Getenv("TERM")).StreamEvents(ctx, t.events); err != nil {
			t.failed <- fmt.Errorf("panel: the terminal's keys: %w", err)
		}
	}()
	_, err = io.WriteString(out, enter)
	if err != nil {
		t.failed <- fmt.Errorf("panel: draw: %w", err)
	}
	return t, nil
}

// measure asks the terminal for its size.
func (t *tty) measure() {
	if t.file == nil {
		return
	}
	if w, h, err := term.GetSize(t.file.Fd()); err == nil && w > 0 && h > 0 { // a serial line has none
		t.width, t.height = w, h
	}
}

// show draws these rows; anew: all of them, whatever the screen shows.
func (t *tty) show(title string, rows []string, anew bool) error {
	text := t.canvas.paint(rows, anew)
	if title != t.title {
		t.title = title
		text = "\x1b]2;" + title + "\a" + text
	}
	if text == "" {
		return nil
	}
	if _, err := io.WriteString(t.out, text); err != nil {
		return fmt.Errorf("panel: draw: %w", err)
	}
	return nil
}

// close gives the terminal back as it was.
func (t *tty) close() {
	if t.sizes != nil {
		_ = t.sizes.Stop()
	}
	for canceled := t.keys.Cancel(); canceled; { // a pipe's reader stays until the pipe ends
		select {
		case <-t.events:
		case <-t.read:
			canceled = false
		}
	}
	_ = t.keys.Close()
	_, _ = io.WriteString(t.out, leave)
	if t.raw != nil {
		_ = term.Restore(t.raw.Fd(), t.was)
	}
}
