package exchange

import (
	"bytes"
	"net"
)

// sipgo acknowledges the failure of a leg with every Via of its INVITE, the caller's too.
// It is to have one, the INVITE's topmost (RFC 3261 §17.1.1.3). acked is the text of a
// message as it should leave: an ACK that we pass on has a branch of its own kind, and
// keeps what it has.
func acked(b []byte) []byte {
	if !bytes.HasPrefix(b, ackWord) {
		return b
	}
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	lines := bytes.Split(head, []byte("\r\n"))
	out := make([]byte, 0, len(b))
	for vias, i := 0, 0; i < len(lines); i++ {
		if bytes.HasPrefix(lines[i], viaWord) {
			if vias++; vias == 1 && bytes.Contains(lines[i], passedWord) {
				return b
			} else if vias > 1 {
				continue
			}
		}
		out = append(append(out, lines[i]...), '\r', '\n')
	}
	return append(append(out, '\r', '\n'), body...)
}

var (
	ackWord = []byte("ACK ")
	viaWord = []byte("Via: ")
)

// acking is a listener whose connections write ACKs as they should be.
type acking struct{ net.Listener }

func (l acking) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return ackingConn{c}, nil
}

type ackingConn struct{ net.Conn }

// Write is given whole messages.
func (c ackingConn) Write(b []byte) (int, error) {
	if _, err := c.Conn.Write(acked(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
