package transfer

import (
	"strconv"
	"strings"
	"time"

	"github.com/offhook/offhook/sip/event"
)

// State is a Subscription-State (RFC 6665 §8.2.3), as far as a transfer cares.
type State struct {
	Terminated bool
	Reason     string        // of the end: "noresource", "timeout"
	Expires    time.Duration // what is left; 0: not said
}

// String is the value of the header.
func (s State) String() string {
	if !s.Terminated {
		return "active;expires=" + strconv.Itoa(int(s.Expires/time.Second))
	}
	if s.Reason == "" {
		return "terminated"
	}
	return "terminated;reason=" + s.Reason
}

// ParseState reads a Subscription-State; what is not understood counts as active, for the
// body of its NOTIFY still tells.
func ParseState(value string) State {
	said, _ := event.ParseState(value)
	s := State{Terminated: said.Over(), Expires: said.Expires}
	if len(said.Reason) <= 32 {
		s.Reason = said.Reason
	}
	return s
}

// ParseEvent reads an Event: is it about a REFER, and which (RFC 3515 §2.4.6); id 0: it
// names none.
func ParseEvent(value string) (id uint32, refer bool) {
	for i, part := range fields(value) {
		name, v := pair(part)
		if i == 0 {
			refer = strings.EqualFold(name, "refer")
			continue
		}
		if strings.EqualFold(name, "id") {
			n, err := strconv.ParseUint(v, 10, 32)
			if err != nil || n == 0 {
				return 0, false
			}
			id = uint32(n)
		}
	}
	return id, refer
}

// fields are the parts between semicolons, 16 at most.
func fields(value string) []string {
	parts := strings.SplitN(value, ";", 17)
	return parts[:min(len(parts), 16)]
}

func pair(part string) (name, value string) {
	name, value, _ = strings.Cut(part, "=")
	return strings.TrimSpace(name), strings.TrimSpace(value)
}
