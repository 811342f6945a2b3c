package exchange

import (
	"bytes"
	"context"
	"hash/maphash"
	"net"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"
)

// counter is where REGISTER over UDP is served, before sipgo sees it: sipgo would keep a
// transaction of each for 32 s (Timer J), and a million of them are gigabytes. Here a
// REGISTER costs what the table keeps, and an answer that is remembered until some
// thousand others came (RFC 3261 §8.2.7 allows none at all).
//
//	socket → gate → counter → sipgo
//	                   └ REGISTER → clerks → socket
type counter struct {
	net.PacketConn
	queue  chan letter
	turned atomic.Uint64 // away, as the queue was full
}

// letter is a REGISTER as it came.
type letter struct {
	text []byte
	from net.Addr
	name string // from, as text
}

// Bounds of the counter.
const (
	clerks      = 2
	maxQueue    = 1024 // letters; more is dropped and comes again
	maxAnswered = 4096 // answers remembered
)

var registerWord = []byte("REGISTER ")

func newCounter(c net.PacketConn) *counter {
	return &counter{PacketConn: c, queue: make(chan letter, maxQueue)}
}

// ReadFrom gives what is not REGISTER.
func (c *counter) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(b)
		if err != nil || !bytes.HasPrefix(b[:n], registerWord) {
			return n, from, err
		}
		select {
		case c.queue <- letter{bytes.Clone(b[:n]), from, from.String()}:
		default:
			c.turned.Add(1)
		}
	}
}

// clerk serves the counter until ctx ends.
func (x *Exchange) clerk(ctx context.Context, c *counter) {
	parser := sip.NewParser()
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-c.queue:
			if answer := x.serveLetter(parser, l); answer != nil {
				if _, err := c.WriteTo(answer, l.from); err != nil {
					x.log.Debug("answer not sent", "to", l.name, "error", err)
				}
			}
		}
	}
}

// serveLetter is the answer to one REGISTER; nil: there is none. A success is remembered,
// as a repetition of its request would be refused: its login was used.
func (x *Exchange) serveLetter(p *sip.Parser, l letter) []byte {
	id := x.answered.id(l)
	if answer, again := x.answered.get(id); again {
		return answer
	}
	m, err := p.ParseSIP(l.text)
	req, ok := m.(*sip.Request)
	if err != nil || !ok {
		return nil // the gate has answered what can be answered
	}
	req.SetTransport("UDP")
	req.SetSource(l.name)
	res := x.inspected(req)
	if res == nil {
		return nil
	}
	text := bytes.NewBuffer(make([]byte, 0, len(l.text))) // an answer is seldom longer
	res.StringWrite(text)
	answer := text.Bytes()
	if res.IsSuccess() {
		x.answered.put(id, answer)
	}
	return answer
}

// answered are the last answers, each known by the datagram that it answers.
type answered struct {
	seed  maphash.Seed
	mu    sync.Mutex
	texts map[uint64][]byte
	ring  []uint64
	next  int
}

func newAnswered(size int) *answered {
	return &answered{seed: maphash.MakeSeed(), texts: make(map[uint64][]byte, size), ring: make([]uint64, size)}
}

func (a *answered) id(l letter) uint64 {
	var h maphash.Hash
	h.SetSeed(a.seed)
	h.WriteString(l.name)
	h.Write(l.text)
	return h.Sum64()
}

func (a *answered) get(id uint64) ([]byte, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	text, ok := a.texts[id]
	return text, ok
}

func (a *answered) put(id uint64, text []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.texts, a.ring[a.next])
	a.ring[a.next] = id
	a.next = (a.next + 1) % len(a.ring)
	a.texts[id] = text
}
