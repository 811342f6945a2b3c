package ingress

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/torture"
)

// pieces is a connection that gives what it was made of, so many octets a read.
type pieces struct {
	net.Conn
	left  []byte
	each  int
	wrote int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[:min(p.each, len(p.left))])
	p.left = p.left[n:]
	return n, nil
}

func (p *pieces) Write(b []byte) (int, error)      { p.wrote += len(b); return len(b), nil }
func (p *pieces) Close() error                     { return nil }
func (p *pieces) SetReadDeadline(time.Time) error  { return nil }
func (p *pieces) SetWriteDeadline(time.Time) error { return nil }

// Whatever comes over a connection, in whatever pieces: what is handed on are whole
// messages or line ends, the same ones however they were cut; little is held back, and no
// more is answered than a few times what was asked.
func FuzzStream(f *testing.F) {
	for _, m := range torture.Messages() {
		f.Add(m.Bytes, uint16(1+len(m.Name)))
	}
	f.Add(append(append(options(1), "\r\n\r\n"...), options(2)...), uint16(7))
	f.Fuzz(func(t *testing.T, b []byte, each uint16) {
		read := func(each int) (all []string, wrote int) {
			g := NewGate(Limits{PerSource: 1e9, SourceBurst: 1e9, Total: 1e9, TotalBurst: 1e9})
			g.rest = func(time.Duration) {}
			c := &pieces{left: b, each: each}
			s := &stream{Conn: c, gate: g, from: netip.MustParseAddrPort("192.0.2.1:5060")}
			out := make([]byte, MaxMessage)
			for {
				n, err := s.Read(out)
				if err != nil {
					return all, c.wrote
				}
				if len(s.held) > MaxMessage+8<<10 {
					t.Fatalf("%d octets are held", len(s.held))
				}
				all = append(all, string(out[:n]))
			}
		}
		one, wrote := read(1 + int(each)%4096)
		two, _ := read(8 << 10)
		join := func(all []string) string {
			var kept []string
			for _, m := range all {
				if strings.Trim(m, "\r\n") != "" {
					kept = append(kept, m)
				}
			}
			return strings.Join(kept, "|")
		}
		if join(one) != join(two) {
			t.Fatalf("in pieces of %d: %q\nat once: %q", each, one, two)
		}
		if wrote > 4*len(b)+512 {
			t.Fatalf("%d octets are answered with %d", len(b), wrote)
		}
		for _, m := range one {
			if len(bytes.Trim([]byte(m), "\r\n")) > 0 && !Inspect([]byte(m), true).OK() {
				t.Fatalf("handed on: %q", m)
			}
		}
	})
}
