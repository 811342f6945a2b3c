package panel

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/offhook/offhook/hal"
)

var (
	// ErrGone says that the phone closed the connection.
	ErrGone = errors.New("panel: the phone is gone")
	// ErrTimeout says that Wait waited in vain.
	ErrTimeout = errors.New("timed out")
)

const (
	answerTime = flashLong + 5*time.Second // a flash is answered when it is over
	textTime   = time.Minute               // a server may take half of it to say nothing
	reloadTime = time.Minute               // a card may take its time
	doctorTime = time.Minute               // servers may stay silent
	maxAnswer  = 64 << 10                  // longest line of a server
	tapTime    = 80 * time.Millisecond     // a key tapped stays down so long
	tapPause   = 60 * time.Millisecond     // and up so long before the next
)

// A Client watches and works a phone's panel. Its methods may be called from any goroutine.
type Client struct {
	conn  net.Conn
	hello Hello
	own   bool          // from Attach: in the phone's process
	ended chan struct{} // closed when the connection has ended

	writing sync.Mutex

	mu       sync.Mutex
	lastID   int64
	asked    map[int64]chan Reply
	now      State
	have     chan struct{} // closed when now has come; nil: not subscribed
	seen     bool
	watchers map[int]func(State)
	lastW    int
}

// Dial connects to a phone: "/run/offhook/panel", "panel.sock" or "host:port", with the
// token where the phone wants one. What has no colon is a path; "unix:" says so too.
func Dial(ctx context.Context, address, token string) (*Client, error) {
	network, at := "tcp", strings.TrimPrefix(address, "tcp:")
	if path, is := strings.CutPrefix(address, "unix:"); is || strings.Contains(address, "/") || !strings.Contains(address, ":") {
		network, at = "unix", path
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, network, at)
	if err != nil {
		return nil, fmt.Errorf("panel: no phone at %s: %w", at, err)
	}
	return newClient(ctx, nc, token)
}

// newClient greets the phone at the far end of nc.
func newClient(ctx context.Context, nc net.Conn, token string) (*Client, error) {
	c := &Client{conn: nc, ended: make(chan struct{}), asked: map[int64]chan Reply{}, watchers: map[int]func(State){}}
	in := bufio.NewReaderSize(nc, maxAnswer)
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	nc.SetDeadline(time.Now().Add(answerTime))
	err := c.greet(in, token)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	nc.SetDeadline(time.Time{})
	go c.read(in)
	return c, nil
}

func (c *Client) greet(in *bufio.Reader, token string) error {
	for {
		text, err := in.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("%w: no greeting: %w", ErrGone, err)
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return fmt.Errorf("panel: not a phone: %w", err)
		}
		switch {
		case l.Error != "":
			return fmt.Errorf("panel: %s", l.Error)
		case l.OK:
		case l.Hello == nil || l.Hello.Protocol != Protocol || !l.Hello.likely():
			return errors.New("panel: what listens here is no phone")
		case l.Hello.Version != Version:
			return fmt.Errorf("panel: the phone speaks version %d of the panel protocol, this program %d", l.Hello.Version, Version)
		case l.Hello.Login:
			if _, err := c.conn.Write(encode(Request{Do: DoLogin, Token: token})); err != nil {
				return fmt.Errorf("panel: %w", err)
			}
		default:
			c.hello = *l.Hello
			return nil
		}
	}
}

// read takes what the phone sends until the connection ends.
func (c *Client) read(in *bufio.Reader) {
	defer close(c.ended)
	defer c.conn.Close()
	for {
		text, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		var l line
		if json.Unmarshal(text, &l) != nil {
			return
		}
		if l.Change != nil {
			c.changed(*l.Change)
			continue
		}
		c.mu.Lock()
		answer := c.asked[l.ID]
		delete(c.asked, l.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- l.Reply
		}
	}
}

func (c *Client) changed(change Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.apply(change.clean(c.hello.LCD))
	if !c.seen {
		c.seen = true
		close(c.have)
	}
	for _, watch := range c.watchers {
		watch(c.now)
	}
}

// ask sends a request and waits for its answer.
func (c *Client) ask(r Request) (Reply, error) { return c.askWithin(r, answerTime) }

func (c *Client) askWithin(r Request, within time.Duration) (Reply, error) {
	answer := make(chan Reply, 1)
	c.mu.Lock()
	c.lastID++
	r.ID = c.lastID
	c.asked[r.ID] = answer
	c.mu.Unlock()
	c.writing.Lock()
	c.conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := c.conn.Write(encode(r))
	c.writing.Unlock()
	late := time.NewTimer(within)
	defer late.Stop()
	switch {
	case err != nil: // Close or the phone ended it: no write is so slow that the deadline hits
		err = ErrGone
	default:
		select {
		case reply := <-answer:
			if reply.Error != "" {
				return reply, fmt.Errorf("panel: %s", reply.Error)
			}
			return reply, nil
		case <-c.ended:
			err = ErrGone
		case <-late.C:
			err = fmt.Errorf("panel: %s: no answer in %v", r.Do, within)
		}
	}
	c.mu.Lock()
	delete(c.asked, r.ID)
	c.mu.Unlock()
	return Reply{}, err
}

// Close ends the connection; keys that this client holds down go up.
func (c *Client) Close() error {
	err := c.conn.Close()
	<-c.ended
	return err
}

// Gone is closed when the connection has ended.
func (c *Client) Gone() <-chan struct{} { return c.ended }

// Hello says what the panel has.
func (c *Client) Hello() Hello { return c.hello }

// Press presses a key and keeps it down.
func (c *Client) Press(key hal.Key) error { return c.do(Request{Do: DoPress, Key: string(rune(key))}) }

// Release lets a key go.
func (c *Client) Release(key hal.Key) error {
	return c.do(Request{Do: DoRelease, Key: string(rune(key))})
}

// Tap presses and releases each of the keys as a person would, "600" say; a small letter is the
// key with the large one, as on a terminal, where there is no small one. Where one of them is
// none of the phone's, none is pressed.
func (c *Client) Tap(keys string) error {
	there := c.Hello().Keys
	keys = strings.Map(func(k rune) rune {
		if large := unicode.ToUpper(k); !strings.ContainsRune(there, k) && strings.ContainsRune(there, large) {
			return large
		}
		return k
	}, keys)
	for _, k := range keys {
		if !strings.ContainsRune(there, k) {
			return fmt.Errorf("panel: there is no key %q; there is %s", string(k), there)
		}
	}
	for i, k := range []rune(keys) {
		if i > 0 {
			time.Sleep(tapPause)
		}
		if err := c.Press(hal.Key(k)); err != nil {
			return err
		}
		time.Sleep(tapTime)
		if err := c.Release(hal.Key(k)); err != nil {
			return err
		}
	}
	return nil
}

// Hook lifts the handset (off) or puts it back.
func (c *Client) Hook(off bool) error { return c.do(Request{Do: DoHook, Off: &off}) }

// Flash presses the hook switch for d and lets it go; 0: FlashDefault. It blocks meanwhile.
func (c *Client) Flash(d time.Duration) error {
	if d == 0 {
		d = FlashDefault
	}
	ms := int(d.Milliseconds())
	return c.do(Request{Do: DoFlash, MS: &ms})
}

// Text sends a text through the phone. It blocks until the outcome is known, a minute at
// most; the error says why it was not sent, or that nobody knows.
func (c *Client) Text(number, words string) error {
	_, err := c.askWithin(Request{Do: DoText, Number: number, Words: words}, textTime)
	return err
}

// Reload has the phone read its settings again, and returns what came of it. It blocks until
// that is known, a minute at most; the error names what is wrong with them.
func (c *Client) Reload() (string, error) {
	reply, err := c.askWithin(Request{Do: DoReload}, reloadTime)
	return reply.Words, err
}

// Doctor has the phone examined, and returns what was found. It blocks until that is known, a
// minute at most.
func (c *Client) Doctor() (string, error) {
	reply, err := c.askWithin(Request{Do: DoDoctor}, doctorTime)
	return reply.Words, err
}

// Report has the phone save a report, and returns where. It blocks until that is done, a minute
// at most.
func (c *Client) Report() (string, error) {
	reply, err := c.askWithin(Request{Do: DoReport}, doctorTime)
	return reply.Words, err
}

func (c *Client) do(r Request) error {
	_, err := c.ask(r)
	return err
}

// LCD reads the display.
func (c *Client) LCD() (LCD, error) {
	s, err := c.State()
	return s.LCD, err
}

// State reads everything that the panel shows.
func (c *Client) State() (State, error) {
	reply, err := c.ask(Request{Do: DoState})
	if err != nil || reply.State == nil {
		return State{}, err
	}
	return *reply.State, nil
}
