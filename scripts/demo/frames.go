package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/board/panel"
)

// frames prints what a phone's display shows, each time that it shows something else.
type frames struct {
	mu    sync.Mutex
	begun time.Time
	out   io.Writer
}

// follow prints one phone's display until ctx ends.
func (f *frames) follow(ctx context.Context, h *handset) error {
	states, err := h.Subscribe(ctx)
	if err != nil {
		return fmt.Errorf("phone %s: %w", h.name, err)
	}
	go func() {
		last := ""
		for s := range states {
			if text := picture(s.LCD); steady(text) != last {
				last = steady(text)
				f.print(h.name, text)
			}
		}
	}()
	return nil
}

func (f *frames) print(name, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fmt.Fprintf(f.out, "%5.1f s  phone %s\n%s", time.Since(f.begun).Seconds(), name, text)
}

// picture is a display with its border.
func picture(l panel.LCD) string {
	var b strings.Builder
	edge := ""
	for _, line := range l.Rows {
		if edge == "" {
			edge = "         +" + strings.Repeat("-", len([]rune(line))) + "+\n"
			b.WriteString(edge)
		}
		fmt.Fprintf(&b, "         |%s|\n", line)
	}
	b.WriteString(edge)
	return b.String()
}

// steady is a picture without what the clock alone changes.
func steady(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, text)
}
