package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/sip/trace"
)

// A traceServer hands the ladder of the phone's SIP messages to whoever connects to its
// socket: drawn once, or, to who sends the line "follow", for as long as they listen.
type traceServer struct {
	listener net.Listener
	ring     *trace.Ring
	log      *slog.Logger
	// strangers is what the present agent turned away, in one line; nil: no agent yet.
	strangers atomic.Pointer[func() string]
}

const (
	traceTimeout = 5 * time.Second // for what one reader takes at a time
	traceAsk     = time.Second     // to say "follow"
	traceReaders = 8               // at a time; one more waits
	tracePause   = 100 * time.Millisecond
	traceFollow  = "follow\n"
)

func listenTrace(path string) (*traceServer, error) {
	l, err := panel.ListenUnix(path) // with the panel's rules: mode 0600, a stale file replaced
	if err != nil {
		return nil, err
	}
	return &traceServer{listener: l, ring: trace.NewRing(0), log: slog.New(slog.DiscardHandler)}, nil
}

// run serves until ctx ends. A shortage, of file descriptors say, does not end the phone.
func (t *traceServer) run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { t.listener.Close() })()
	var serving sync.WaitGroup
	defer serving.Wait()
	room := make(chan struct{}, traceReaders)
	for {
		c, err := t.listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return nil
		case err != nil:
			t.log.Warn("trace", "err", err)
			time.Sleep(tracePause)
			continue
		}
		room <- struct{}{}
		serving.Go(func() {
			defer func() { <-room }()
			t.serve(ctx, c)
		})
	}
}

func (t *traceServer) serve(ctx context.Context, c net.Conn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	c.SetReadDeadline(time.Now().Add(traceAsk))
	ask, _ := bufio.NewReader(io.LimitReader(c, int64(len(traceFollow)))).ReadString('\n')
	if ask != traceFollow {
		c.SetWriteDeadline(time.Now().Add(traceTimeout))
		io.WriteString(c, trace.Ladder(t.ring.Messages())+t.turnedAway())
		return
	}
	ctx, gone := context.WithCancel(ctx)
	defer gone()
	c.SetReadDeadline(time.Time{})
	go func() { // ends when the reader goes, or with c
		io.Copy(io.Discard, c)
		gone()
	}()
	t.follow(ctx, c)
}

// turnedAway is a line about what was not served, with a blank one before it, or nothing.
func (t *traceServer) turnedAway() string {
	if f := t.strangers.Load(); f != nil {
		if line := (*f)(); line != "" {
			return "\nTurned away: " + line + "\n"
		}
	}
	return ""
}

// follow writes what was and what comes until the reader goes.
func (t *traceServer) follow(ctx context.Context, c net.Conn) {
	var ladder trace.Drawing
	for last := uint64(0); ; {
		messages, newest, err := t.ring.Next(ctx, last)
		if err != nil {
			return
		}
		last = newest
		c.SetWriteDeadline(time.Now().Add(traceTimeout))
		if _, err := io.WriteString(c, ladder.Draw(messages)); err != nil {
			return
		}
	}
}

func printTrace(ctx context.Context, s streams, args []string) error {
	f := flags(s, "trace", "")
	socket := f.String("socket", defaultSocket(), "the phone's panel socket; its trace socket is beside it")
	follow := f.Bool("f", false, "go on with each message that comes, until ^C")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	path := traceSocket(*socket)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("no phone runs at %s", filepath.Dir(path))
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("no phone answers at %s: %w", path, err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	ask := "ladder\n"
	if *follow {
		ask = traceFollow
	} else {
		c.SetDeadline(time.Now().Add(traceTimeout))
	}
	if _, err = io.WriteString(c, ask); err == nil {
		_, err = io.Copy(s.out, c)
	}
	if ctx.Err() != nil {
		return nil // ^C is how following ends
	}
	return err
}
