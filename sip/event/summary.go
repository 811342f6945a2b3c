package event

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// SummaryType is the body of the message-summary package.
const SummaryType = "application/simple-message-summary"

// maxSummary bounds a summary in octets, maxMessages each of its counts.
const (
	maxSummary  = 8 << 10
	maxMessages = 9999
)

// A Summary is the voice mail of one account (RFC 3842 §5.2).
type Summary struct {
	Waiting bool   // there are new messages, of whatever kind
	Account string // address that the messages are for; "": not said
	Counted bool   // the counts of voice messages were given
	New     int
	Old     int
	Urgent  int // of New
	Stale   int // urgent ones of Old
}

// ErrBody is a body that is none of its type, or beyond the bounds.
var ErrBody = errors.New("event: body cannot be read")

// ParseSummary reads an application/simple-message-summary body. Lines that are not known,
// headers of single messages included, are passed over; one that matters and is wrong is
// ErrBody.
func ParseSummary(body []byte) (Summary, error) {
	var s Summary
	if len(body) > maxSummary {
		return s, ErrBody
	}
	status := false
	for raw := range bytes.Lines(body) {
		name, value, found := strings.Cut(strings.TrimRight(string(raw), "\r\n"), ":")
		if !found {
			if strings.TrimSpace(name) == "" && status {
				break // the headers of single messages follow
			}
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "messages-waiting":
			switch strings.ToLower(value) {
			case "yes":
				s.Waiting = true
			case "no":
			default:
				return Summary{}, ErrBody
			}
			status = true
		case "message-account":
			s.Account = clean(value, maxName)
		case "voice-message":
			if !s.count(value) {
				return Summary{}, ErrBody
			}
		}
	}
	if !status {
		return Summary{}, ErrBody
	}
	return s, nil
}

// count reads "2/8 (1/0)": new and old, the urgent ones of them in brackets.
func (s *Summary) count(value string) bool {
	counts, urgent, bracket := strings.Cut(value, "(")
	var ok bool
	if s.New, s.Old, ok = pair(counts); !ok {
		return false
	}
	if bracket {
		inner, _, closed := strings.Cut(urgent, ")")
		if s.Urgent, s.Stale, ok = pair(inner); !ok || !closed {
			return false
		}
	}
	s.Counted = true
	return true
}

func pair(s string) (a, b int, ok bool) {
	left, right, slash := strings.Cut(s, "/")
	a, okA := number(left)
	b, okB := number(right)
	return a, b, slash && okA && okB
}

// number is a decimal number, cut to maxMessages.
func number(s string) (int, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return int(min(n, maxMessages)), true
}
