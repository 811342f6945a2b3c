package ingress

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Reason is why a message was turned away.
type Reason uint8

const (
	Stranger   Reason = iota // a request from outside any call, from an address that is not ours
	Scanner                  // the same from a program that scans (IsScanner)
	Malformed                // what Inspect refused
	OverLimit                // more than one source, or all together, may send
	NewSource                // more sources than are remembered
	NotSIP                   // Garbage, Oversize
	numReasons int    = iota
)

func (r Reason) words(n uint64) string {
	one := [...]string{"request from a stranger", "request from a scanner", "malformed message", "message over the limit",
		"message from one source too many", "message that is no SIP"}[r]
	many := [...]string{"requests from strangers", "requests from scanners", "malformed messages", "messages over the limit",
		"messages from sources too many", "messages that are no SIP"}[r]
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// tally counts what was turned away, and says so in one line at a time: a message itself is
// never logged. The zero value is ready.
type tally struct {
	counts [numReasons]uint64
	last   netip.AddrPort // who sent the last of them
	told   time.Time
}

// tellEvery is how often a line is due at most.
const tellEvery = time.Minute

// add counts one; line is what is to be logged now, "" for nothing.
func (t *tally) add(now time.Time, r Reason, from netip.AddrPort) (line string) {
	t.counts[r]++
	t.last = from
	if !t.told.IsZero() && now.Sub(t.told) < tellEvery {
		return ""
	}
	t.told = now
	return t.summary()
}

// summary is all that was counted, in one line; "": nothing was.
func (t *tally) summary() string {
	var parts []string
	for r, n := range t.counts {
		if n > 0 {
			parts = append(parts, Reason(r).words(n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "; the last from " + t.last.String()
}
