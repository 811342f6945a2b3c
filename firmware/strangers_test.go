package main

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A stranger who knocks gets nothing; the log and the trace say that one did, and nothing
// of what came.
func TestStrangersKnock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file(), outside{})
	r.sees(`ready`)
	port, err := net.ResolveUDPAddr("udp", r.sipPort())
	r.must(err)
	c, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9)}, port)
	r.must(err)
	defer c.Close()
	for range 3 {
		_, err := c.Write([]byte("OPTIONS sip:100@1.1.1.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bKx;rport\r\nFrom: <sip:hunter2@1.1.1.1>;tag=1\r\n" +
			"To: <sip:100@1.1.1.1>\r\nCall-ID: knock\r\nCSeq: 1 OPTIONS\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n"))
		r.must(err)
	}
	r.eventually("counts", func() bool {
		_, out, _ := run("trace", "-socket="+r.place.socket)
		return regexp.MustCompile(`\nTurned away: 3 requests from strangers; the last from 127\.0\.0\.9:\d+\n$`).MatchString(out)
	})
	c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if n, err := c.Read(make([]byte, 1000)); err == nil {
		t.Errorf("%d octets come back", n)
	}
	if log := r.log.String(); !strings.Contains(log, "1 request from a stranger; the last from 127.0.0.9:") || strings.Contains(log, "hunter2") {
		t.Errorf("the log:\n%s", log)
	}
}
