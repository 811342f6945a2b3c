package sip

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// maxAfter bounds how long a caller may want the phone to ring before it answers itself.
const maxAfter = time.Minute

// A wish is how a caller wants to be answered.
type wish struct {
	auto   bool // without the user
	after  time.Duration
	insist bool // or not at all (RFC 5373 §4.2, "require")
}

// wishOf reads Answer-Mode and Priv-Answer-Mode (RFC 5373), and what PBXs write instead:
// Alert-Info and Call-Info with answer-after, info=alert-autoanswer or Auto Answer.
func wishOf(req *sip.Request) wish {
	for _, name := range []string{"Priv-Answer-Mode", "Answer-Mode"} {
		mode, params, _ := strings.Cut(text(req, name), ";")
		switch strings.ToLower(strings.TrimSpace(mode)) {
		case "auto":
			return wish{auto: true, insist: strings.EqualFold(strings.TrimSpace(params), "require")}
		case "manual":
			return wish{} // whatever else it says
		}
	}
	for _, name := range []string{"Alert-Info", "Call-Info"} {
		for _, v := range values(req, name) {
			for field := range pieces(v, ';') {
				key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
				value = strings.Trim(strings.TrimSpace(value), `"`)
				switch strings.ToLower(strings.Trim(strings.TrimSpace(key), "<>")) {
				case "answer-after":
					if n, err := strconv.ParseUint(value, 10, 16); err == nil {
						return wish{auto: true, after: min(time.Duration(n)*time.Second, maxAfter)}
					}
				case "info":
					if name == "Alert-Info" && strings.EqualFold(value, "alert-autoanswer") {
						return wish{auto: true}
					}
				case "alert-autoanswer", "auto answer", "ring-answer":
					if name == "Alert-Info" {
						return wish{auto: true}
					}
				}
			}
		}
	}
	return wish{}
}

// answerMode says in a 200 how the call was answered, by the phone itself or by its user,
// to a caller that has asked for one of them (RFC 5373 §4).
func answerMode(invite *sip.Request, alone bool) []sip.Header {
	mode := "Manual"
	if alone {
		mode = "Auto"
	}
	for _, name := range []string{"Priv-Answer-Mode", "Answer-Mode"} {
		if text(invite, name) != "" {
			return []sip.Header{sip.NewHeader(name, mode)}
		}
	}
	return nil
}

// obeys reports whether an account answers by itself for a caller that comes from an
// address: only where the settings allow it, and only through its own server, so that
// nobody on the network can listen into a room.
func (l *line) obeys(from netip.Addr) bool {
	return l.acc.Intercom && l.fromServer(from)
}

// fromServer reports whether what comes from an address may change how the phone behaves: it
// is the account's own server. An account without one only talks to phones beside it.
func (l *line) fromServer(from netip.Addr) bool { return l.acc.Domain == "" || l.serves(from) }

// sourceOf is the address that a request came from.
func sourceOf(req *sip.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(req.Source())
	return at.Addr().Unmap()
}
