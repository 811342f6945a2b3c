package locate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/offhook/offhook/sip/account"
)

// A NAPTR is one record that names the services of a domain (RFC 3403 §4.1).
type NAPTR struct {
	Order, Preference uint16
	Flags, Service    string // "s", "SIP+D2U"
	Replacement       string // "_sip._udp.example.com."
}

// offers are the transports that NAPTR records may name (RFC 3263 §4.1).
var offers = map[string]account.Transport{
	"SIPS+D2T": account.TLS,
	"SIP+D2T":  account.TCP,
	"SIP+D2U":  account.UDP,
	"SIPS+D2W": account.WSS, // RFC 7118 §6; it names no SRV records of its own
}

// named are the SRV names that a domain's NAPTR records lead to, in the domain's own
// order, of the transports that t allows.
func (t Target) named(records []NAPTR) []service {
	if len(records) > maxRecords {
		records = records[:maxRecords]
	}
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b NAPTR) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	var all []service
	for _, r := range records {
		transport, known := offers[strings.ToUpper(r.Service)]
		name := strings.TrimSuffix(r.Replacement, ".")
		if !known || !strings.EqualFold(r.Flags, "s") || name == "" || !t.allows(transport) {
			continue
		}
		if s := (service{name, transport}); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// allows reports whether a target may be reached through a transport.
func (t Target) allows(transport account.Transport) bool {
	switch t.Transport {
	case account.UDP, account.TCP, account.TLS, account.WSS:
		return t.Transport == transport
	}
	return transport != account.WSS // a desk phone goes there only when it is sent
}
