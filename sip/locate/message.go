package locate

import (
	"strings"
	"time"

	"github.com/miekg/dns"
)

const maxAliases = 8 // CNAMEs from the name asked for to its records

// read takes the records that answer a question from a response, through its aliases (RFC
// 1034 §3.6.2). What belongs to another name or kind is not looked at. Not ok: this is no
// answer to the question, so another server may know better.
func read(m *dns.Msg, q question) (answer, bool) {
	if !m.Response || m.Truncated || len(m.Question) != 1 ||
		!strings.EqualFold(m.Question[0].Name, q.name) || m.Question[0].Qtype != q.kind || m.Question[0].Qclass != dns.ClassINET {
		return answer{}, false
	}
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		return answer{}, false
	}
	name, a := q.name, answer{ttl: longestTTL}
	for range maxAliases {
		next := ""
		for _, rr := range m.Answer {
			h := rr.Header()
			if !strings.EqualFold(h.Name, name) || h.Class != dns.ClassINET {
				continue
			}
			switch {
			case h.Rrtype == q.kind && len(a.records) < 2*maxRecords:
				a.records = append(a.records, rr)
				a.ttl = min(a.ttl, seconds(h.Ttl))
			case h.Rrtype == dns.TypeCNAME && q.kind != dns.TypeCNAME:
				next = rr.(*dns.CNAME).Target
				a.ttl = min(a.ttl, seconds(h.Ttl))
			}
		}
		if len(a.records) > 0 {
			return a, true
		}
		if next == "" {
			break
		}
		name = next
	}
	a.ttl = absence(m)
	return a, true
}

// absence is how long a name may be taken not to exist (RFC 2308 §5).
func absence(m *dns.Msg) time.Duration {
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			return min(seconds(soa.Hdr.Ttl), seconds(soa.Minttl))
		}
	}
	return 0 // nothing was said: not remembered
}

// seconds reads a TTL; one with its top bit set is 0 (RFC 2181 §8).
func seconds(ttl uint32) time.Duration {
	if ttl > 1<<31-1 {
		return 0
	}
	return time.Duration(ttl) * time.Second
}
