package updater

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/offhook/offhook/firmware/slots"
	"github.com/offhook/offhook/firmware/update"
)

// Socket is where the updater listens, for the phone and for "offhook update".
const Socket = "/run/offhook-update/socket"

// A said is one message, a line of JSON, in either direction; one field of it is set.
type said struct {
	// from the updater
	Status  *update.Status `json:"status,omitempty"`
	Measure bool           `json:"measure,omitempty"` // tell how the phone is

	// to the updater
	Told    *Told  `json:"told,omitempty"`
	Answer  *bool  `json:"answer,omitempty"`  // to what is offered
	Install string `json:"install,omitempty"` // a path or URL
}

// Told is how a phone is.
type Told struct {
	Measured bool         `json:"measured"` // Health was measured, as it was asked for
	Health   slots.Health `json:"health"`
	Busy     bool         `json:"busy"`
}

// Bounds of the socket.
const (
	maxLine    = 8 << 10
	maxClients = 8
	maxWaiting = 32 // messages to one client
)

// listen makes the socket for a group; -1: for this user.
func listen(path string, group int) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	os.Remove(path)
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err = os.Chmod(path, 0o660); err == nil && group >= 0 {
		err = os.Chown(path, -1, group)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// hub is the updater's side: it takes what clients say, and tells all of them the same.
type hub struct {
	heard chan said

	mu      sync.Mutex
	last    update.Status
	clients map[chan said]bool
	group   sync.WaitGroup
}

func newHub() *hub { return &hub{heard: make(chan said), clients: map[chan said]bool{}} }

// tell tells every client; who does not read misses it.
func (h *hub) tell(s said) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.Status != nil {
		h.last = *s.Status
	}
	for c := range h.clients {
		select {
		case c <- s:
		default:
		}
	}
}

// serve takes clients until ctx ends, and has waited for all of them then.
func (h *hub) serve(ctx context.Context, l net.Listener) error {
	defer h.group.Wait()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		h.mu.Lock()
		out := make(chan said, maxWaiting)
		if len(h.clients) >= maxClients {
			h.mu.Unlock()
			c.Close()
			continue
		}
		h.clients[out] = true
		last := h.last
		out <- said{Status: &last}
		h.mu.Unlock()
		h.group.Go(func() { h.client(ctx, c, out) })
	}
}

func (h *hub) client(ctx context.Context, c net.Conn, out chan said) {
	ctx, gone := context.WithCancel(ctx)
	defer gone()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	defer func() {
		h.mu.Lock()
		delete(h.clients, out)
		h.mu.Unlock()
	}()
	h.group.Go(func() {
		defer gone()
		for w := json.NewEncoder(c); ; {
			select {
			case s := <-out:
				if w.Encode(s) != nil {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	})
	lines := bufio.NewScanner(c)
	lines.Buffer(make([]byte, 512), maxLine)
	for lines.Scan() {
		var s said
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			return
		}
		select {
		case h.heard <- s:
		case <-ctx.Done():
			return
		}
	}
}

// A Client is a phone, or somebody with a file, at the updater's socket.
type Client struct {
	conn  net.Conn
	lines *bufio.Scanner
}

// ErrNone is what Dial says where no updater runs.
var ErrNone = errors.New("no updater runs here")

// Dial reaches an updater.
func Dial(path string) (*Client, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	lines := bufio.NewScanner(c)
	lines.Buffer(make([]byte, 512), maxLine)
	return &Client{c, lines}, nil
}

// Next waits for what the updater says: a status, or that the phone is to Tell how it is.
func (c *Client) Next() (s update.Status, measure bool, err error) {
	if !c.lines.Scan() {
		if err = c.lines.Err(); err == nil {
			err = net.ErrClosed
		}
		return s, false, err
	}
	var m said
	if err := json.Unmarshal(c.lines.Bytes(), &m); err != nil {
		return s, false, fmt.Errorf("updater: %w", err)
	}
	if m.Status != nil {
		s = *m.Status
	}
	return s, m.Measure, nil
}

// Tell, Answer and Install may be called beside Next.
func (c *Client) Tell(t Told) error { return c.say(said{Told: &t}) }

// Answer answers an offer.
func (c *Client) Answer(yes bool) error { return c.say(said{Answer: &yes}) }

// Install asks for a bundle in a file, by its whole path, or at a URL.
func (c *Client) Install(where string) error { return c.say(said{Install: where}) }

func (c *Client) say(s said) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = c.conn.Write(append(b, '\n'))
	return err
}

// Close ends Next.
func (c *Client) Close() error { return c.conn.Close() }
