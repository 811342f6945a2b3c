package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A message is a SIP message, of which only what a caller and a relay need is read.
type message []byte

// status is that of a response, 0 of a request.
func (m message) status() int {
	rest, ok := strings.CutPrefix(string(m), "SIP/2.0 ")
	if !ok || len(rest) < 3 {
		return 0
	}
	n, err := strconv.Atoi(rest[:3])
	if err != nil {
		return 0
	}
	return n
}

// method is that of a request, or of the request that a response answers.
func (m message) method() string {
	if m.status() == 0 {
		word, _, _ := strings.Cut(string(m), " ")
		return word
	}
	_, method, _ := strings.Cut(m.header("CSeq"), " ")
	return strings.TrimSpace(method)
}

// header is the first header of that name, "" where there is none. The short names of
// RFC 3261 §7.3.3 are not known here: neither phone uses them.
func (m message) header(name string) string {
	head, _, _ := strings.Cut(string(m), "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n")[1:] {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// uri is what stands between the angle brackets of a header, or before its parameters.
func uri(header string) string {
	if _, after, ok := strings.Cut(header, "<"); ok {
		in, _, _ := strings.Cut(after, ">")
		return in
	}
	bare, _, _ := strings.Cut(header, ";")
	return strings.TrimSpace(bare)
}

// tagOf is the tag of a To or From header as it is written there, ";tag=…".
func tagOf(header string) string {
	_, after, ok := strings.Cut(header, ";tag=")
	if !ok {
		return ""
	}
	tag, _, _ := strings.Cut(after, ";")
	return ";tag=" + strings.TrimSpace(tag)
}

// A script makes the messages of one call that we make.
type script struct {
	self  netip.AddrPort // where they come from
	media netip.AddrPort // where we would hear
	to    string         // URI of the phone: its Contact
	id    string         // Call-ID, tag and branches
	tag   string         // of the far end, once there is one: ";tag=…"
}

// request is one of the call. An ACK has its INVITE's number (RFC 3261 §13.2.2.4).
func (s script) request(method string, cseq int, body string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\n", method, s.to)
	fmt.Fprintf(&b, "Via: SIP/2.0/UDP %s;branch=z9hG4bK-%s-%d%s;rport\r\n", s.self, s.id, cseq, strings.ToLower(method))
	fmt.Fprintf(&b, "Max-Forwards: 70\r\n")
	fmt.Fprintf(&b, "From: \"Bench\" <sip:bench@%s>;tag=%s\r\n", s.self, s.id)
	fmt.Fprintf(&b, "To: <%s>%s\r\n", s.to, s.tag)
	fmt.Fprintf(&b, "Call-ID: %s\r\nCSeq: %d %s\r\n", s.id, cseq, method)
	fmt.Fprintf(&b, "Contact: <sip:bench@%s>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n", s.self)
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return []byte(b.String())
}

// offer is G.711, to where we would hear.
func (s script) offer() string {
	return fmt.Sprintf("v=0\r\no=bench 1 1 IN IP4 %[1]s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\n"+
		"m=audio %[2]d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n", s.media.Addr(), s.media.Port())
}
