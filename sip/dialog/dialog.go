// Package dialog is the INVITE dialog of RFC 3261 as pure machines: what a dialog
// remembers (Dialog), a call that we place (Outgoing), a call that we take (Incoming) and
// what happens inside a call that stands (Session). Every machine is a value with
// Step(event) → (machine, effects); time comes in as Expired and goes out as StartTimer.
// It refuses sockets, clocks, SDP and passwords: whether a challenge can be answered or a
// body can be used is told to it.
package dialog

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Timers of RFC 3261 (table 4) and RFC 6026.
const (
	T1 = 500 * time.Millisecond // round-trip estimate
	T2 = 4 * time.Second        // longest interval between repeats
	// Lifetime is 64*T1: how long a 2xx is repeated, and how long late ones are awaited.
	Lifetime = 64 * T1
)

// An ID names a dialog at this end (RFC 3261 §12).
type ID struct{ CallID, Local, Remote string }

// A Dialog is what both ends of a call remember of each other. It is a value: Routes is
// never written to after it was made.
type Dialog struct {
	ID
	LocalParty  string // our From or To value without tag: `"Ann" <sip:201@pbx.home>`
	RemoteParty string
	LocalSeq    uint32 // CSeq of the last request that we sent in the dialog
	RemoteSeq   uint32 // CSeq of the last request received; 0: none yet
	Target      string // URI of the far end's last Contact
	Routes      []string
	Caller      bool // we sent the INVITE that made it (RFC 3261 §14.1, §12.1.2)
}

// A Head is what a request takes from its dialog. Via, Contact, Max-Forwards, credentials
// and body are the sender's.
type Head struct {
	Method string
	URI    string   // Request-URI
	Routes []string // values of the Route lines, without angle brackets
	From   string   // with tag
	To     string   // with tag, if there is one
	CallID string
	Seq    uint32
	strict bool // URI is a strict router
}

// NextHop is the URI whose host receives the request (RFC 3261 §8.1.2, §12.2.1.1): the
// first route, or the Request-URI, where a strict router has already been moved.
func (h Head) NextHop() string {
	if len(h.Routes) > 0 && !h.strict {
		return h.Routes[0]
	}
	return h.URI
}

// Answer is what a dialog needs of a response to our INVITE, or of an INVITE to us.
type Answer struct {
	Tag     string   // To tag of the response; "": an RFC 2543 peer
	Contact string   // URI; "": none given
	Record  []string // URIs of its Record-Route lines, in the order of the message
}

// Placed is the dialog of a response to the INVITE with this head, for the caller: the
// route set is the Record-Route lines in reverse (RFC 3261 §12.1.2).
func Placed(invite Head, local, remote string, localTag string, a Answer) Dialog {
	d := Dialog{
		ID:         ID{invite.CallID, localTag, a.Tag},
		LocalParty: local, RemoteParty: remote,
		LocalSeq: invite.Seq, Target: a.Contact, Caller: true,
	}
	for i := len(a.Record) - 1; i >= 0; i-- {
		d.Routes = append(d.Routes, a.Record[i])
	}
	if d.Target == "" {
		d.Target = invite.URI // no Contact in a 2xx breaks §12.1.1; the call still works
	}
	return d
}

// Taken is the dialog of an INVITE to us: the route set keeps the order of the
// Record-Route lines (RFC 3261 §12.1.1). a.Tag is the From tag.
func Taken(callID, localTag, local, remote string, seq uint32, a Answer) Dialog {
	return Dialog{
		ID:         ID{callID, localTag, a.Tag},
		LocalParty: local, RemoteParty: remote,
		RemoteSeq: seq, Target: a.Contact,
		Routes: append([]string(nil), a.Record...),
	}
}

// Request begins a new request in the dialog: the CSeq goes up by one, whatever became of
// the one before (RFC 3261 §12.2.1.1, §22.2).
func (d Dialog) Request(method string) (Dialog, Head) {
	d.LocalSeq++
	return d, d.head(method, d.LocalSeq)
}

// Ack is the ACK for a 2xx to our INVITE with this CSeq: a new request along the route
// set with the INVITE's number (RFC 3261 §13.2.2.4).
func (d Dialog) Ack(seq uint32) Head { return d.head("ACK", seq) }

// Refreshed has the Contact of a target refresh as its target (RFC 3261 §12.2); the route
// set stays what the first 2xx made it. An empty contact changes nothing.
func (d Dialog) Refreshed(contact string) Dialog {
	if contact != "" {
		d.Target = contact
	}
	return d
}

// renamed has another address of record of the far end: what our To says from now on
// (RFC 4916 §4.4).
func (d Dialog) renamed(party string) Dialog {
	if party != "" {
		d.RemoteParty = party
	}
	return d
}

// Received is the dialog after a request with this CSeq. inOrder is false for a number
// that was overtaken or used (RFC 3261 §12.2.2: answer 500). ACK and CANCEL carry the
// number of their INVITE and are not to be asked about.
func (d Dialog) Received(seq uint32) (next Dialog, inOrder bool) {
	if d.RemoteSeq != 0 && seq <= d.RemoteSeq {
		return d, false
	}
	d.RemoteSeq = seq
	return d, true
}

func (d Dialog) head(method string, seq uint32) Head {
	h := Head{
		Method: method, CallID: d.CallID, Seq: seq,
		From: tagged(d.LocalParty, d.Local), To: tagged(d.RemoteParty, d.Remote),
		URI: d.Target, Routes: d.Routes,
	}
	if len(d.Routes) > 0 && !loose(d.Routes[0]) {
		// A strict router is put into the Request-URI, the target behind the last route
		// (RFC 3261 §12.2.1.1).
		h.URI, h.strict = bare(d.Routes[0]), true
		h.Routes = append(append([]string(nil), d.Routes[1:]...), d.Target)
	}
	return h
}

func tagged(party, tag string) string {
	if tag == "" {
		return party
	}
	return party + ";tag=" + tag
}

// loose reports whether the URI of a route has the lr parameter (RFC 3261 §16.12).
func loose(uri string) bool {
	var u sip.Uri
	if sip.ParseUri(uri, &u) != nil {
		return true // a route that nobody can read is left where it is
	}
	for _, p := range u.UriParams {
		if strings.EqualFold(p.K, "lr") {
			return true
		}
	}
	return false
}

// bare is a URI without what a Request-URI may not hold (RFC 3261 §19.1.1 table 1).
func bare(uri string) string {
	var u sip.Uri
	if sip.ParseUri(uri, &u) != nil {
		return uri
	}
	u.Headers = nil
	u.UriParams.Remove("method")
	return u.String()
}
