package ingress

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
)

// Refusal is a response to a request that goes no further, made without state from the
// header lines as they came (RFC 3261 §8.2.6, §8.2.7): Via, From, To, Call-ID and CSeq.
// It goes back to where the request came from. nil: there is nobody to answer, or
// nothing is to be answered.
func Refusal(message []byte, f Finding, from netip.AddrPort) []byte {
	if f.Drop || f.Status == 0 {
		return nil
	}
	m, _ := scan(message)
	if m.isResponse() || !m.answerable() {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", f.Status, f.Words)
	top := true
	for _, h := range m.fields {
		value := h.value
		switch h.name {
		case "via":
			if top {
				value = received(value, from)
			}
			top = false
			fmt.Fprintf(&b, "Via: %s\r\n", value)
		case "from":
			fmt.Fprintf(&b, "From: %s\r\n", value)
		case "to":
			if !strings.Contains(strings.ToLower(value), ";tag=") {
				value += ";tag=" + tag(m)
			}
			fmt.Fprintf(&b, "To: %s\r\n", value)
		case "call-id":
			fmt.Fprintf(&b, "Call-ID: %s\r\n", value)
		case "cseq":
			fmt.Fprintf(&b, "CSeq: %s\r\n", value)
		}
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(b.String())
}

// answerable reports whether the topmost Via names a sender, whatever its parameters are: a
// response with another one is read by nobody (RFC 3261 §18.1.2).
func (m raw) answerable() bool {
	all := m.all("via")
	if len(all) == 0 {
		return false
	}
	first, _, _ := strings.Cut(all[0], ",")
	sender, _, _ := strings.Cut(first, ";")
	return isVia(sender)
}

// received adds where the request really came from to the topmost Via (RFC 3261 §18.2.1,
// RFC 3581 §4).
func received(via string, from netip.AddrPort) string {
	first, rest, more := strings.Cut(via, ",")
	addr := from.Addr().Unmap().String()
	params := strings.Split(first, ";")
	for i, p := range params[1:] {
		if strings.EqualFold(strings.Trim(p, " \t"), "rport") {
			params[i+1] = "rport=" + strconv.Itoa(int(from.Port()))
		}
	}
	first = strings.Join(params, ";") + ";received=" + addr
	if more {
		first += "," + rest
	}
	return first
}

// tag is the same for each repetition of one request (RFC 3261 §8.2.7), and nobody can
// tell it beforehand.
func tag(m raw) string {
	h := hmac.New(sha256.New, tagKey())
	for _, name := range []string{"call-id", "cseq", "from", "via"} {
		for _, v := range m.all(name) {
			h.Write([]byte(v))
			h.Write([]byte{0})
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// tagKey is drawn once a process.
var tagKey = sync.OnceValue(func() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	return key
})
