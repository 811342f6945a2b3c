package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// maxWait bounds a Retry-After that is shown: a day.
const maxWait = 24 * time.Hour

// A reason is why a call ended, beside its status: Reason (RFC 3326, in responses RFC
// 6432) and Retry-After.
type reason struct {
	sip   int // cause of protocol SIP; 0: none
	q850  int // cause of protocol Q.850; 0: none
	retry time.Duration
}

// reasonOf reads a response, BYE or CANCEL.
func reasonOf(m sip.Message) reason {
	r := reason{retry: min(header(m, "Retry-After"), maxWait)}
	for _, v := range values(m, "Reason") {
		for part := range pieces(v, ',') {
			protocol, cause := "", 0
			for field := range pieces(part, ';') {
				name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
				if protocol == "" {
					protocol = strings.ToUpper(strings.TrimSpace(name))
				} else if n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 10); err == nil && strings.EqualFold(strings.TrimSpace(name), "cause") {
					cause = int(n)
				}
			}
			switch {
			case protocol == "SIP" && r.sip == 0:
				r.sip = cause
			case protocol == "Q.850" && r.q850 == 0:
				r.q850 = cause
			}
		}
	}
	return r
}

// elsewhere is what became of a call to us at another phone of the user: answered (RFC
// 3326 §2; Q.850 26, non-selected user clearing) or turned down, "" for neither. Both are
// no missed call.
func (r reason) elsewhere() string {
	switch {
	case r.sip == 200 || r.q850 == 26:
		return "Answered elsewhere"
	case r.sip == 600 || r.sip == 603:
		return "Declined elsewhere"
	}
	return ""
}

// because is the Reason of a CANCEL or BYE of ours; status 0: none.
func because(status int) []sip.Header {
	if status == 0 {
		return nil
	}
	text := phrase(status)
	if status == 200 {
		text = "Call completed elsewhere"
	}
	return []sip.Header{sip.NewHeader("Reason", "SIP;cause="+strconv.Itoa(status)+";text="+strconv.Quote(text))}
}
