package locate

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/offhook/offhook/sip/account"
)

// service is one name with SRV records.
type service struct {
	name      string
	transport account.Transport
}

// services are the SRV names to ask for where the domain has no NAPTR records, ours to
// prefer first: with "auto" UDP, as the domain itself has not said otherwise.
func (t Target) services() []service {
	host := strings.TrimSuffix(t.Host, ".")
	all := []service{
		{"_sip._udp." + host, account.UDP},
		{"_sip._tcp." + host, account.TCP},
		{"_sips._tcp." + host, account.TLS},
	}
	return slices.DeleteFunc(all, func(s service) bool { return !t.allows(s.transport) })
}

// find gives the addresses of one service, each with its record's priority as tier; refused:
// the domain says it has none.
func (s service) find(ctx context.Context, r Resolver, random func(int) int) (out []Found, refused bool) {
	records, _ := r.SRV(ctx, s.name)
	if len(records) == 1 && (records[0].Target == "." || records[0].Target == "") {
		return nil, true
	}
	if len(records) > maxRecords {
		records = records[:maxRecords]
	}
	for _, rec := range ordered(records, random) {
		if rec.Port == 0 || len(out) >= MaxCandidates {
			continue
		}
		t := Target{Host: strings.TrimSuffix(rec.Target, "."), Port: rec.Port, Transport: s.transport}
		var found []Found
		if a, err := netip.ParseAddr(t.Host); err == nil {
			found = t.at([]netip.Addr{a})
		} else {
			found, _ = t.plain(ctx, r) // a target without address: the next one counts
		}
		for _, f := range found {
			out = append(out, Found{f.Candidate, int(rec.Priority)})
		}
	}
	return out, false
}

// ordered sorts by priority, and by chance in proportion to weight within one (RFC 2782,
// "Usage rules"). random gives a number in [0, n).
func ordered(records []SRV, random func(n int) int) []SRV {
	rest := slices.Clone(records)
	// Those of weight 0 stand first, so that they get a small chance.
	slices.SortStableFunc(rest, func(a, b SRV) int {
		if d := int(a.Priority) - int(b.Priority); d != 0 {
			return d
		}
		return min(int(a.Weight), 1) - min(int(b.Weight), 1)
	})
	out := make([]SRV, 0, len(rest))
	for len(rest) > 0 {
		sum, same := 0, 0
		for same < len(rest) && rest[same].Priority == rest[0].Priority {
			sum += int(rest[same].Weight)
			same++
		}
		pick, run, chosen := random(sum+1), 0, 0
		for chosen = range same {
			if run += int(rest[chosen].Weight); run >= pick {
				break
			}
		}
		out = append(out, rest[chosen])
		rest = slices.Delete(rest, chosen, chosen+1)
	}
	return out
}
