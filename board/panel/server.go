package panel

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/hal"
)

// Bounds of the server: our own choices, generous for people and tight for machines.
const (
	maxClients   = 16
	maxMistakes  = 20               // requests that make no sense, then the client is dropped
	maxUnsent    = 64               // lines that wait for a slow reader, then it is dropped
	writeTime    = 5 * time.Second  // for one line
	loginTime    = 10 * time.Second // to log in
	refusedPause = time.Second      // before a wrong token is told so
)

// Serve answers clients of l until ctx ends, and closes it. Where token is not empty, each
// client must log in with it. It returns nil when ctx ended; it has waited for all of its
// goroutines. Several listeners may be served at once.
func (p *Panel) Serve(ctx context.Context, l net.Listener, token string) error {
	var serving sync.WaitGroup
	defer serving.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		nc, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			l.Close()
			if err == nil {
				nc.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("panel: %w", err)
		case err != nil: // out of file descriptors, say: wait for better times
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		}
		serving.Go(func() { p.serve(ctx, nc, token) })
	}
}

// conn is one client.
type conn struct {
	net.Conn
	out  chan []byte
	gone context.CancelFunc
}

// send queues a line; a client that does not read in time is dropped.
func (c *conn) send(text []byte) {
	select {
	case c.out <- text:
	default:
		c.gone()
	}
}

// serve answers one client until it goes, misbehaves, reads too slowly, or ctx ends.
func (p *Panel) serve(ctx context.Context, nc net.Conn, token string) {
	ctx, cancel := context.WithCancel(ctx)
	c := &conn{nc, make(chan []byte, maxUnsent), cancel}
	var writing sync.WaitGroup
	defer nc.Close()
	defer writing.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		nc.SetReadDeadline(time.Unix(1, 0)) // the reader ends at once, the writer says its last
	})()
	if !p.admit(c) {
		nc.SetWriteDeadline(time.Now().Add(writeTime))
		nc.Write(encode(Reply{Error: fmt.Sprintf("%d clients are connected already", maxClients)}))
		return
	}
	defer p.leave(c)
	writing.Go(func() { c.write(ctx) })
	p.converse(ctx, c, token)
}

// write sends the lines. When the client is dropped or has gone, it sends what is left.
func (c *conn) write(ctx context.Context) {
	for {
		select {
		case text := <-c.out:
			c.SetWriteDeadline(time.Now().Add(writeTime))
			if _, err := c.Write(text); err != nil {
				c.gone()
				return
			}
		case <-ctx.Done():
			c.SetWriteDeadline(time.Now().Add(writeTime / 10))
			for {
				select {
				case text := <-c.out:
					if _, err := c.Write(text); err != nil {
						return
					}
				default:
					return
				}
			}
		}
	}
}

func (p *Panel) admit(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.clients) >= maxClients {
		return false
	}
	p.clients[c] = false
	return true
}

func (p *Panel) leave(c *conn) {
	p.mu.Lock()
	delete(p.clients, c)
	p.mu.Unlock()
	p.remote.letGo(c)
}

func (p *Panel) hello() greeting {
	size := p.remote.parts.Display.Size()
	return greeting{Hello{Protocol: Protocol, Version: Version, LCD: [2]int{size.Cols, size.Rows}, Keys: p.Parts().Keys, Lamps: hal.LampNames}}
}

// converse reads requests and answers each in turn.
func (p *Panel) converse(ctx context.Context, c *conn, token string) {
	if token == "" {
		c.send(encode(p.hello()))
	} else {
		c.send(encode(greeting{Hello{Protocol: Protocol, Version: Version, Login: true}}))
		c.SetReadDeadline(time.Now().Add(loginTime))
	}
	in, mistakes := bufio.NewReaderSize(c, MaxLine), 0
	for {
		text, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			c.send(encode(Reply{Error: fmt.Sprintf("a line of more than %d bytes", MaxLine)}))
			return
		}
		if err != nil {
			return
		}
		if text[0] != '{' { // a web browser, say, that was talked into speaking to this port
			c.send(encode(Reply{Error: "this is the panel protocol of a phone: one JSON object per line"}))
			return
		}
		r, err := parseRequest(text)
		switch {
		case err != nil:
			c.send(encode(Reply{ID: r.ID, Error: err.Error()}))
			if mistakes++; mistakes >= maxMistakes {
				return
			}
		case token != "" && (r.Do != DoLogin || !same(r.Token, token)):
			select {
			case <-time.After(refusedPause):
			case <-ctx.Done():
			}
			c.send(encode(Reply{ID: r.ID, Error: "log in first, with the token of this phone"}))
			return
		case token != "":
			token = ""
			c.SetReadDeadline(time.Time{})
			if ctx.Err() != nil { // the deadline that ended the conversation was just taken away
				return
			}
			c.send(encode(Reply{ID: r.ID, OK: true}))
			c.send(encode(p.hello()))
		case r.Do == DoSubscribe:
			p.subscribe(c, r.ID)
		default:
			c.send(encode(p.answer(ctx, c, r)))
		}
	}
}

// subscribe answers, and sends all of the state before any change of it.
func (p *Panel) subscribe(c *conn, id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.send(encode(Reply{ID: id, OK: true}))
	c.send(encode(changed{p.now.whole()}))
	p.clients[c] = true
}

// answer does what a request asks for.
func (p *Panel) answer(ctx context.Context, c *conn, r Request) Reply {
	fail := func(words string, more ...any) Reply { return Reply{ID: r.ID, Error: fmt.Sprintf(words, more...)} }
	reply, taken := Reply{ID: r.ID, OK: true}, true
	now := p.state().state()
	switch r.Do {
	case DoPress, DoRelease:
		if keys := p.Parts().Keys; !strings.Contains(keys, r.Key) {
			return fail("there is no key %q; there is %s", r.Key, keys)
		}
		taken = p.remote.key(c, hal.Key([]rune(r.Key)[0]), r.Do == DoPress)
	case DoHook:
		taken = p.remote.hook(*r.Off)
	case DoFlash:
		if !now.OffHook {
			return fail("the handset is on the hook: there is nothing to flash")
		}
		taken = p.remote.hook(false)
		select {
		case <-time.After(r.flash()):
		case <-ctx.Done():
		}
		taken = p.remote.hook(true) && taken
	case DoText:
		if p.Text == nil {
			return fail("this phone sends no texts")
		}
		if err := p.Text(ctx, r.Number, r.Words); err != nil {
			return fail("%v", err)
		}
	case DoReload:
		if p.Reload == nil {
			return fail("this phone has no settings to read")
		}
		words, err := p.Reload(ctx)
		if err != nil {
			return fail("%v", err)
		}
		reply.Words = words
	case DoDoctor, DoReport:
		do := map[Verb]func(context.Context) (string, error){DoDoctor: p.Doctor, DoReport: p.Report}[r.Do]
		if do == nil {
			return fail("this phone has no %s", r.Do)
		}
		words, err := do(ctx)
		if err != nil {
			return fail("%v", err)
		}
		reply.Words = words
	case DoLCD:
		reply.LCD = &now.LCD
	case DoLamps:
		reply.Lamps = &now.Lamps
	case DoRinger:
		reply.Ringer = &now.Ringer
	case DoState:
		reply.State = &now
	}
	if !taken {
		return fail("the phone does not take its keys: it hangs or is starting")
	}
	return reply
}

// same compares in a time that tells nothing about either.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Attach connects a client in the same process, as Dial does over a socket. It ends when the
// client is closed or ctx ends.
func (p *Panel) Attach(ctx context.Context) (*Client, error) {
	near, far := net.Pipe()
	go p.serve(ctx, far, "")
	c, err := newClient(ctx, near, "")
	if err == nil {
		c.own = true
	}
	return c, err
}
