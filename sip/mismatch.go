package sip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/offhook/offhook/sip/account"
)

// What can be told of a port that speaks something else than the account's transport. A
// question mark says that it may be another thing.

// unheard is why no secure connection came to be at all; nil: nothing more is known.
func unheard(err error, id flowID) *fault {
	if !errors.Is(err, syscall.ECONNREFUSED) || !id.transport.Secure() {
		return nil
	}
	what := "TLS"
	if id.transport == account.WSS {
		what = "WebSocket"
	}
	return &fault{fmt.Sprintf("%s takes no %s on port %d", id.proves, what, id.peer.Port()), Unreached, err}
}

// mute reports that a TLS handshake ended because the far end never said a word in it.
func mute(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

// hungUp reports that the far end ended a connection.
func hungUp(err error) bool {
	for _, is := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}

// isAlert reports whether the first octets from a far end are an alert of TLS: what a server
// says that expected a handshake (RFC 8446 §5.1: content type 21, major version 3).
func isAlert(b []byte) bool { return len(b) >= 2 && b[0] == 21 && b[1] == 3 }

var errTLSThere = errors.New("an alert of TLS came over TCP")

// wantsTLS is why a connection of TCP that we made ended before the far end had said anything
// in SIP; nil: for another reason.
func (fl *flow) wantsTLS(err error) *fault {
	port := fl.id.peer.Port()
	switch {
	case fl.id.transport != account.TCP || !fl.dialled || fl.spoken:
		return nil
	case errors.Is(err, errTLSThere):
		return &fault{fmt.Sprintf("port %d speaks TLS; set transport = tls", port), OtherTransport, err}
	case hungUp(err) && !errors.Is(err, net.ErrClosed):
		return &fault{fmt.Sprintf("server hangs up: does port %d want TLS?", port), OtherTransport, err}
	}
	return nil
}
