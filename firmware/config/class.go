package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// leastTimeout is the shortest time after which silence, or an interval, means anything: two
// reports of the far end's may come 6 s apart.
const leastTimeout = 10 * time.Second

// classWords are the names that people use for code points (RFC 2474, 2597, 3246).
const classWords = `"ef", "af31", "cs3" and the like, 1 to 63, or "none"`

// classOf is the code point of a class; 0: none.
func classOf(name string) (dscp int, ok bool) {
	name = strings.ToLower(name)
	switch {
	case name == "none":
		return 0, true
	case name == "ef":
		return 46, true
	case len(name) == 3 && name[:2] == "cs" && name[2] >= '1' && name[2] <= '7':
		return int(name[2]-'0') << 3, true
	case len(name) == 4 && name[:2] == "af" && name[2] >= '1' && name[2] <= '4' && name[3] >= '1' && name[3] <= '3':
		return int(name[2]-'0')<<3 | int(name[3]-'0')<<1, true
	}
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 1 && n <= 63
}

func class(s string) string {
	if _, ok := classOf(s); !ok {
		return fmt.Sprintf("%q is no class; write %s", clip(s), classWords)
	}
	return ""
}

// collector is a SIP address that takes reports.
func collector(s string) string {
	switch user, host, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s, "sips:"), "sip:"), "@"); {
	case s == "":
		return ""
	case !strings.HasPrefix(s, "sip:") && !strings.HasPrefix(s, "sips:"), !ok, user == "", host == "",
		strings.ContainsAny(s, " \t<>\"\r\n?;"), len(s) > 200:
		return fmt.Sprintf("%q is no SIP address; write \"sip:quality@pbx.home\"", clip(s))
	}
	return ""
}
