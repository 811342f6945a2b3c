package ingress

import "strings"

// scanners are how the programs that look for open exchanges and weak passwords call
// themselves, in lower case. Who hides gets past this; it costs the lazy ones their answer.
var scanners = []string{
	"friendly-scanner", "friendly-request", "sipvicious", "svmap", "svwar", "svcrack", "sundayddr", "sip-scan",
	"sipscan", "sipcli", "sipsak", "siparmyknife", "vaxsipuseragent", "vaxip", "pplsip", "smap ", "iwar",
	"gulp", "custom-sip", "n2sip", "voipscan",
}

// IsScanner reports whether a User-Agent header names a program of that kind.
func IsScanner(userAgent string) bool {
	name := strings.ToLower(strings.TrimSpace(userAgent)) + " "
	for _, s := range scanners {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	return false
}
