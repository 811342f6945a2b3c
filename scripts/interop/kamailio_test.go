//go:build interop

package interop

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// register sends one REGISTER without credentials and returns the answer.
func register(t *testing.T, k *peers.Kamailio) string {
	t.Helper()
	c, err := net.Dial("udp4", k.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "REGISTER sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"+
		"From: <sip:a@%[1]s>;tag=1\r\nTo: <sip:a@%[1]s>\r\nCall-ID: %[2]s\r\nCSeq: 1 REGISTER\r\n"+
		"Contact: <sip:a@%[2]s>\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n", k.Domain, c.LocalAddr())
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 4096)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// The challenge is of the algorithm that was asked for (RFC 8760), with qop.
func TestKamailioChallenges(t *testing.T) {
	t.Parallel()
	for algorithm, want := range map[string]string{"MD5": `algorithm="?MD5\b`, "SHA-256": `algorithm="?SHA-256\b`} {
		k := kamailio(t, peers.Registrar{Algorithm: algorithm})
		answer := register(t, k)
		if !strings.HasPrefix(answer, "SIP/2.0 401 ") || !regexp.MustCompile(want).MatchString(answer) || !strings.Contains(answer, `qop="auth"`) {
			if algorithm == "MD5" && !strings.Contains(answer, "algorithm") && strings.Contains(answer, `qop="auth"`) {
				continue // MD5 is what is meant where nothing is said (RFC 7616 section 3.3)
			}
			t.Errorf("%s: %s", algorithm, answer)
		}
	}
}
