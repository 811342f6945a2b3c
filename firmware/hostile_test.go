package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"strings"
	"testing"
)

// sipPort is where the phone listens, as its trace has it.
func (r *rig) sipPort() string {
	r.Helper()
	at := ""
	r.eventually("speaks SIP", func() bool {
		if m := r.desk.trace.ring.Messages(); len(m) > 0 {
			at = m[0].Local.String()
		}
		return at != ""
	})
	return at
}

// nonsense are datagrams from somebody who means no good: noise, pieces of messages, huge
// ones, sessions that cannot be.
func nonsense(seed uint64) [][]byte {
	random := rand.New(rand.NewPCG(seed, 1))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.UintN(256))
		}
		return b
	}
	invite := func(body string, n int) []byte {
		return fmt.Appendf(nil, "INVITE sip:201@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK%d\r\n"+
			"From: \"x\x1b[2J\" <sip:evil@x>;tag=%d\r\nTo: <sip:201@127.0.0.1>\r\nCall-ID: %d@x\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"+
			"Contact: <sip:evil@127.0.0.1:9>\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", n, n, n, len(body), body)
	}
	sessions := []string{
		"v=0", strings.Repeat("m=audio 1 RTP/AVP 0\r\n", 2000), "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nm=audio 99999 RTP/AVP 0\r\n",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 250\r\na=rtpmap:250 opus/48000/2\r\n",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 224.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 18\r\n",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=" + strings.Repeat("x", 60000) + "\r\n",
	}
	all := [][]byte{{}, {0}, []byte("\r\n\r\n"), noise(1), noise(1500), noise(65000), bytes.Repeat([]byte("A"), 65000), bytes.Repeat([]byte("INVITE "), 9000)}
	for i, body := range sessions {
		whole := invite(body, i)
		all = append(all, whole[:min(len(whole), 65000)], whole[:random.IntN(min(len(whole), 65000))])
	}
	for i := range 100 {
		b := invite(sessions[3], 100+i)
		for range 1 + random.IntN(20) {
			b[random.IntN(len(b))] = byte(random.UintN(256))
		}
		all = append(all, b)
	}
	for _, line := range []string{"BYE sip:201@x SIP/2.0", "SIP/2.0 200 OK", "ACK sip:x SIP/2.0", "CANCEL sip:201@x SIP/2.0", "SIP/2.0 999 " + strings.Repeat("z", 3000)} {
		all = append(all, []byte(line+"\r\n\r\n"), []byte(line+"\r\nCSeq: 1 INVITE\r\nCall-ID: \r\nVia: ;;;\r\nFrom: <\r\nTo: >\r\nContent-Length: 4294967296\r\n\r\n"))
	}
	return all
}

// Whatever comes to the phone's port, the call stays up, the display shows it, and the
// phone can call afterwards.
func TestNonsenseDuringACall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := quiet(dir)
	s["network.accept"] = `"any"` // nothing is turned away unread
	r := start(t, dir, s.file(), outside{})
	r.sees(`ready`)
	r.calls("600")
	r.sees(`Opus`)
	c, err := net.Dial("udp", r.sipPort())
	r.must(err)
	defer c.Close()
	for round := range uint64(3) {
		for _, b := range nonsense(round) {
			c.Write(b)
		}
	}
	stream, err := net.Dial("tcp", r.sipPort())
	r.must(err)
	for _, b := range nonsense(9)[:20] {
		stream.Write(b) // the phone hangs up on it some time
	}
	stream.Close()
	r.sees(`Echo\n600 +Handset\n` + talking)
	r.echoes("42#") // the call works both ways
	if lcd := r.lcd(); !regexp.MustCompile(`^Echo\n600 +Handset\nOpus +\d\d:\d\d\nB Hold A Menu D Mute$`).MatchString(lcd) {
		t.Errorf("the display shows\n%s", lcd)
	}
	r.lifts(false)
	r.eventually("ends the call", func() bool { return strings.Contains(r.lcd(), "ready") })
	if log := r.log.String(); strings.Count(log, "\n") > 60 {
		t.Errorf("%d lines in the log", strings.Count(log, "\n"))
	}
	r.calls("602")
	r.sees(`Busy`)
	r.hangsUp()
	if took := r.stop(); took > leaving {
		t.Errorf("it takes %v to end", took)
	}
}
