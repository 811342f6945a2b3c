package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/offhook/offhook/board/panel"
	"github.com/offhook/offhook/sip/trace"
)

// A traceServer hands the ladder of the running agent to whoever connects to its socket.
type traceServer struct {
	listener net.Listener
	ring     atomic.Pointer[trace.Ring]
}

// traceTimeout bounds how long one reader may take.
const traceTimeout = 5 * time.Second

func listenTrace(path string) (*traceServer, error) {
	l, err := panel.ListenUnix(path) // with the panel's rules: mode 0600, a stale file replaced
	if err != nil {
		return nil, err
	}
	return &traceServer{listener: l}, nil
}

func (t *traceServer) run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { t.listener.Close() })()
	for {
		c, err := t.listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("trace: %w", err)
		}
		c.SetDeadline(time.Now().Add(traceTimeout))
		if r := t.ring.Load(); r != nil {
			io.WriteString(c, trace.Ladder(r.Messages()))
		}
		c.Close()
	}
}

func printTrace(ctx context.Context, s streams, args []string) error {
	f := flags(s, "trace", "")
	socket := f.String("socket", defaultSocket(), "the phone's panel socket; its trace socket is beside it")
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
	c.SetDeadline(time.Now().Add(traceTimeout))
	n, err := io.Copy(s.out, c)
	if err == nil && n == 0 {
		fmt.Fprintln(s.out, "no SIP message yet")
	}
	return err
}
