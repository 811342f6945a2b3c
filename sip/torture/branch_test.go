package torture

import (
	"bytes"
	"strings"
	"testing"
)

// No two questions have a branch in common, and nothing else of a message changes.
func TestWithBranch(t *testing.T) {
	seen := map[string]string{}
	for _, m := range Messages() {
		for range 2 {
			got := withBranch(m.Bytes)
			if len(got) == len(m.Bytes) {
				if at := branch.FindIndex(head(m.Bytes)); at != nil {
					t.Errorf("%s: its branch stays", m.Name)
				}
				continue
			}
			at := branch.FindIndex(got)
			b := string(got[at[0]:at[1]])
			if seen[b] != "" {
				t.Errorf("%s and %s: %s", seen[b], m.Name, b)
			}
			seen[b] = m.Name
			_, added, _ := strings.Cut(b, ".torture-")
			if !bytes.Equal(bytes.Replace(got, []byte(".torture-"+added), nil, 1), m.Bytes) {
				t.Errorf("%s: %q", m.Name, got)
			}
		}
	}
	if len(seen) < 2*50 {
		t.Errorf("%d branches", len(seen))
	}
}

func head(message []byte) []byte {
	h, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	return h
}

func TestWithBranchElsewhere(t *testing.T) {
	for _, c := range []struct {
		in      string
		changed bool
	}{
		{"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx;rport\r\n\r\n", true},
		{"OPTIONS sip:a SIP/2.0\r\nv: SIP/2.0/UDP h ; Branch = Z9HG4BKx\r\n\r\n", true},
		{"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK\r\n\r\n", false},
		{"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=old\r\n\r\n;branch=z9hG4bKbody", false},
	} {
		got := string(withBranch([]byte(c.in)))
		if changed := got != c.in; changed != c.changed {
			t.Errorf("%q", got)
		}
		if c.changed && !strings.HasSuffix(strings.SplitN(got, ".torture-", 2)[1][8:], "\r\n\r\n") {
			t.Errorf("%q", got)
		}
	}
}
