package sip

import (
	"strconv"
	"strings"
)

// Bounds of what is read of Alert-Info: our own choice.
const (
	maxAlerts = 8   // values
	maxAlert  = 256 // octets of one
)

// bells are the ways to ring, N of Bellcore-drN, for what servers say of a call in words: the
// alert URNs of RFC 7462 §7 without "urn:alert:", and what PBXs write in their place. A word
// that stands before a colon stands for all that begin so. 0 is the country's own ringing.
var bells = map[string]int{
	"service:normal": 0, "service:forward": 3, "service:recall": 6,
	"source:external": 0, "source:internal": 2, "source:friend": 7, "source:family": 7,
	"priority:normal": 0, "priority:high": 4, "priority:low": 8,
	"duration:short": 5,

	"alert-external": 0, "alert-internal": 2, "alert-group": 3, "alert-community-1": 6,
	"alert-community-2": 7, "alert-community-3": 8,
	"external": 0, "internal": 2, "group": 3,
}

// bellOf is how the values of Alert-Info (RFC 3261 §20.4) want the phone to ring: the first
// that is known. A sound that they point to is never fetched: whoever calls would have the
// phone call a web server.
func bellOf(values []string) int {
	n := 0
	for _, v := range values {
		for alert := range pieces(v, ',') {
			if n++; n > maxAlerts {
				return 0
			}
			if len(alert) > maxAlert {
				continue
			}
			for part := range pieces(alert, ';') {
				if bell, known := bellNamed(part); known {
					return bell
				}
			}
		}
	}
	return 0
}

// bellNamed reads "<http://127.0.0.1/Bellcore-dr2>", "Bellcore-dr2", "info=alert-internal" and
// "<urn:alert:source:internal>".
func bellNamed(part string) (bell int, known bool) {
	part = strings.ToLower(strings.TrimSpace(part))
	if key, value, is := strings.Cut(part, "="); is && !strings.HasPrefix(part, "<") {
		if strings.TrimSpace(key) != "info" {
			return 0, false
		}
		part = value
	}
	part = strings.Trim(strings.TrimSpace(part), `<>"`)
	if urn, is := strings.CutPrefix(part, "urn:alert:"); is {
		for {
			if bell, known = bells[urn]; known && strings.Contains(urn, ":") {
				return bell, true
			}
			end := strings.LastIndexByte(urn, ':')
			if end < 0 {
				return 0, false
			}
			urn = urn[:end] // RFC 7462 §4: what is more exact than we know
		}
	}
	if _, rest, is := strings.Cut(part, "://"); is {
		slash := strings.LastIndexByte(rest, '/')
		if slash < 0 {
			return 0, false // a host alone
		}
		part = rest[slash+1:]
	}
	if number, is := strings.CutPrefix(part, "bellcore-dr"); is {
		n, err := strconv.Atoi(number)
		return n, err == nil && n >= 1 && n <= 8 && len(number) == 1
	}
	if strings.Contains(part, ":") {
		return 0, false
	}
	bell, known = bells[part]
	return bell, known
}
