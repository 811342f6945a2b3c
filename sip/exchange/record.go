package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// record is a binding as it is kept over a restart.
type record struct {
	Contact  string   `json:"contact"`
	Q        int      `json:"q"` // thousandths
	Addr     string   `json:"addr"`
	Path     []string `json:"path,omitempty"`
	Instance string   `json:"instance,omitempty"`
	RegID    uint32   `json:"regid,omitempty"`
	CallID   string   `json:"call"`
	CSeq     uint32   `json:"cseq"`
	Until    int64    `json:"until"` // Unix milliseconds
	Name     string   `json:"name,omitempty"`
}

// encode is the bindings of one user as one line; "": none is worth it. A flow over TCP
// ends with us, and its phone registers again when it sees that.
func encode(all []binding) string {
	var out []record
	for _, b := range all {
		if b.flow.transport != "UDP" {
			continue
		}
		out = append(out, record{b.uri.String(), b.q, b.flow.addr.String(), b.path, b.instance, b.regID,
			b.callID, b.cseq, b.until.UnixMilli(), b.name})
	}
	if out == nil {
		return ""
	}
	text, _ := json.Marshal(out) // texts and numbers: it cannot fail
	return string(text)
}

var errRecord = errors.New("not a binding")

// decode reads what encode wrote; anything else is an error. A binding never outlasts the
// longest registration: the clock may have been wrong then, or be wrong now.
func decode(user, text string, now time.Time, l limits) ([]binding, error) {
	var all []record
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("exchange: %s: %w", user, err)
	}
	var out []binding
	for _, r := range all[:min(len(all), l.contacts)] {
		b := binding{contact: contact{q: r.Q, instance: r.Instance, regID: r.RegID}, path: r.Path, callID: r.CallID, cseq: r.CSeq, user: user, name: r.Name}
		addr, err := netip.ParseAddrPort(r.Addr)
		if err != nil || sip.ParseUri(r.Contact, &b.uri) != nil || b.uri.Scheme != "sip" || b.uri.Host == "" || r.Q < 0 || r.Q > 1000 ||
			len(r.Path) > maxPath || slices.ContainsFunc(r.Path, func(p string) bool { return sip.ParseUri(p, new(sip.Uri)) != nil }) {
			return nil, fmt.Errorf("exchange: %s: %w: %s", user, errRecord, r.Contact)
		}
		b.flow = flow{"UDP", addr}
		left := min(time.UnixMilli(r.Until).Sub(now.Round(0)), l.max)
		if left <= 0 {
			continue
		}
		b.until = now.Add(left)
		out = append(out, b)
	}
	return out, nil
}
