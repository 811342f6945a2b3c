package syntax

import (
	"strconv"
	"strings"
	"time"
)

// Longest is what a length of time is cut to: our own choice, and more than any of them
// means.
const Longest = 24 * time.Hour

// Seconds reads delta-seconds (RFC 3261 §25.1): digits, perhaps followed by a comment or
// parameters, cut to Longest. false: there are no digits.
func Seconds(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:end], 10, 64)
	if err != nil || n > uint64(Longest/time.Second) {
		return Longest, true
	}
	return time.Duration(n) * time.Second, true
}
