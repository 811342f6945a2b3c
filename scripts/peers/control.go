package peers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// control speaks baresip's ctrl_tcp: netstrings of JSON, answers and events mixed.
type control struct {
	conn net.Conn

	mu     sync.Mutex
	news   chan struct{} // closed and made anew at each arrival
	events []Event
	seen   int // events that Await has gone past
	answer []string
	err    error
}

// An Event is what baresip tells of itself: "REGISTER_OK", "CALL_INCOMING",
// "CALL_RINGING", "CALL_ESTABLISHED", "CALL_CLOSED", "CALL_DTMF_START" …
type Event struct {
	Type  string `json:"type"`
	Class string `json:"class"`
	Peer  string `json:"peeruri"`
	Param string `json:"param"`
	At    time.Time
}

func dialControl(addr string) (*control, error) {
	conn, err := net.DialTimeout("tcp4", addr, time.Second)
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	c := &control{conn: conn, news: make(chan struct{})}
	go c.read()
	return c, nil
}

func (c *control) close() { c.conn.Close() }

func (c *control) read() {
	r := bufio.NewReader(c.conn)
	for {
		text, err := netstring(r)
		c.mu.Lock()
		if err != nil {
			c.err = err
		} else {
			c.take(text)
		}
		close(c.news)
		c.news = make(chan struct{})
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (c *control) take(text []byte) {
	var m struct {
		Event
		Response bool   `json:"response"`
		OK       bool   `json:"ok"`
		Data     string `json:"data"`
	}
	if json.Unmarshal(text, &m) != nil {
		return
	}
	if m.Response {
		c.answer = append(c.answer, m.Data)
		return
	}
	m.Event.At = time.Now()
	c.events = append(c.events, m.Event)
}

// netstring reads "LENGTH:TEXT,".
func netstring(r *bufio.Reader) ([]byte, error) {
	length, err := r.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil || n < 0 || n > 1<<20 {
		return nil, fmt.Errorf("peers: %q is no length of a netstring", length)
	}
	text := make([]byte, n+1)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	if text[n] != ',' {
		return nil, fmt.Errorf("peers: a netstring ends in %q", text[n])
	}
	return text[:n], nil
}

// Do gives one of baresip's commands and returns its answer: "dial" with a URI,
// "accept", "hangup", "hold", "resume", "sndcode" with digits, "mute", "reginfo".
func (c *control) Do(command, params string) (string, error) {
	text, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		return "", fmt.Errorf("peers: %w", err)
	}
	c.mu.Lock()
	c.answer = nil
	c.mu.Unlock()
	if _, err := fmt.Fprintf(c.conn, "%d:%s,", len(text), text); err != nil {
		return "", fmt.Errorf("peers: baresip: %s: %w", command, err)
	}
	var said string
	err = c.wait(5*time.Second, func() bool {
		if len(c.answer) > 0 {
			said = c.answer[0]
		}
		return len(c.answer) > 0
	})
	if err != nil {
		return "", fmt.Errorf("peers: baresip: %s: %w", command, err)
	}
	return said, nil
}

// Await returns the next event of one of the types, skipping others. What came before
// it is gone.
func (c *control) Await(d time.Duration, types ...string) (Event, error) {
	var found Event
	err := c.wait(d, func() bool {
		for ; c.seen < len(c.events); c.seen++ {
			if slices.Contains(types, c.events[c.seen].Type) {
				found = c.events[c.seen]
				c.seen++
				return true
			}
		}
		return false
	})
	if err != nil {
		return Event{}, fmt.Errorf("peers: baresip: no %s: %w; it told %v", strings.Join(types, " or "), err, c.told())
	}
	return found, nil
}

func (c *control) told() (types []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.events {
		types = append(types, e.Type)
	}
	return types
}

// wait returns when done, which is called with the lock held, is true.
func (c *control) wait(d time.Duration, done func() bool) error {
	end := time.After(d)
	for {
		c.mu.Lock()
		ok, err, news := done(), c.err, c.news
		c.mu.Unlock()
		if ok {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-news:
		case <-end:
			return fmt.Errorf("not within %v", d)
		}
	}
}
