package torture

import (
	"bytes"
	"crypto/rand"
	"regexp"
)

// branch is the branch of a Via that names a transaction: the cookie of RFC 3261 §8.1.1.7
// and something behind it.
var branch = regexp.MustCompile(`(?i);\s*branch\s*=\s*z9hG4bK[^\s;,]+`)

// withBranch makes the branch of the topmost Via one that was never used before. The RFCs
// give many of their messages the same, and whoever gets two of them in a row may rightly take
// the second for the first one come again (RFC 3261 §17.2.3). A branch that is itself what
// is odd about a message, the bare cookie or another form, is left alone.
func withBranch(message []byte) []byte {
	head, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	at := branch.FindIndex(head)
	if at == nil {
		return message
	}
	var out []byte
	out = append(out, message[:at[1]]...)
	out = append(out, ".torture-"+rand.Text()[:8]...)
	return append(out, message[at[1]:]...)
}
