package exchange

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// passage is a dialog that was set up through us, as our Record-Route of it remembers it:
// the flows of both sides (RFC 5626 §5.3.1), so that a request within finds its way
// through NAT, and after the registration that led there is gone. Nobody can make one for
// a call that we have not let through, so requests with it need no login, and we no
// memory. On the wire it is base64 of
//
//	 0       1        5                             n         n+8
//	+-------+--------+--------------+--------------+-----------+
//	| kinds | caller | caller flow  | callee flow  | keyed hash|
//	+-------+--------+--------------+--------------+-----------+
//
// kinds are bits: 1 and 2 for TCP, 4 and 8 for IPv6, of caller and callee. caller is a
// hash of its tag; a flow is an address of 4 or 16 octets and a port. The keyed hash covers
// the Call-ID too.
type passage struct {
	caller, callee flow
	tag            uint32
}

const (
	passageHead = 5
	passageMAC  = 8
	maxPassage  = 96 // letters
)

// passageOf is that of a request on its way from one flow to another.
func (p place) passageOf(req *sip.Request, from, to flow) string {
	b := []byte{0}
	b = binary.BigEndian.AppendUint32(b, p.tagHash(req))
	for i, f := range []flow{from, to} {
		if f.transport == "TCP" {
			b[0] |= 1 << i
		}
		if !f.addr.Addr().Is4() {
			b[0] |= 4 << i
		}
		b = append(b, f.addr.Addr().AsSlice()...)
		b = binary.BigEndian.AppendUint16(b, f.addr.Port())
	}
	return base64.RawURLEncoding.EncodeToString(append(b, p.seal(req, b)...))
}

// passage reads one again; false: it is not ours, or of another call.
func (p place) passage(req *sip.Request, text string) (out passage, ok bool) {
	b, ok := unletter(text)
	if !ok || len(b) < passageHead+passageMAC || !hmac.Equal(b[len(b)-passageMAC:], p.seal(req, b[:len(b)-passageMAC])) {
		return passage{}, false
	}
	kinds, rest := b[0], b[passageHead:len(b)-passageMAC]
	out.tag = binary.BigEndian.Uint32(b[1:])
	for i, f := range []*flow{&out.caller, &out.callee} {
		size := 4
		if kinds&(4<<i) != 0 {
			size = 16
		}
		if len(rest) < size+2 {
			return passage{}, false
		}
		a, _ := netip.AddrFromSlice(rest[:size])
		f.addr = netip.AddrPortFrom(a, binary.BigEndian.Uint16(rest[size:]))
		f.transport = "UDP"
		if kinds&(1<<i) != 0 {
			f.transport = "TCP"
		}
		rest = rest[size+2:]
	}
	return out, len(rest) == 0
}

// unletter undoes base64, which is to be written in one way alone.
func unletter(text string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return b, err == nil && len(text) <= maxPassage && !strings.ContainsAny(text, "\r\n") // Go's decoder reads over them
}

// toward is the flow to the side that did not send the request.
func (p place) toward(req *sip.Request, way passage) flow {
	if p.tagHash(req) == way.tag {
		return way.callee
	}
	return way.caller
}

func (p place) seal(req *sip.Request, b []byte) []byte {
	h := hmac.New(sha256.New, p.key)
	h.Write(b)
	h.Write([]byte(req.CallID().Value()))
	return h.Sum(nil)[:passageMAC]
}

// tagHash stands for the From tag.
func (p place) tagHash(req *sip.Request) uint32 {
	tag, _ := req.From().Params.Get("tag")
	h := hmac.New(sha256.New, p.key)
	h.Write([]byte("tag" + tag))
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// passedBranch is the Via branch of a request that is passed on without a transaction: it
// says where the response has to go, under a keyed hash that only the answer to this very
// request fits. A repetition of the request, the ACK of its failure and its CANCEL get the
// same (RFC 3261 §16.11). On the wire it is passedBranch and base64 of
//
//	0         6 or 18     n
//	+---------+-----------+
//	| address | keyed hash|  and behind it the fingerprint by which loops are found
//	+---------+-----------+
func (p place) passedBranch(req *sip.Request, from flow) string {
	branch, _ := req.Via().Params.Get("branch")
	b := binary.BigEndian.AppendUint16(from.addr.Addr().AsSlice(), from.addr.Port())
	b = append(b, p.sealPassed(b, branch, req.CallID().Value(), req.CSeq().SeqNo)...)
	return passedBranch + base64.RawURLEncoding.EncodeToString(b) + "." + p.fingerprint(req)
}

// passedBranch begins the branches of requests that were passed on.
const passedBranch = sip.RFC3261BranchMagicCookie + "p-"

// passedFrom is where a request came from that was passed on with own as its Via, on top
// of before; false: it is not the request that res answers.
func (p place) passedFrom(own, before *sip.ViaHeader, res *sip.Response) (flow, bool) {
	text, _ := own.Params.Get("branch")
	text, ours := strings.CutPrefix(text, passedBranch)
	text, _, whole := strings.Cut(text, ".")
	b, read := unletter(text)
	n := len(b) - passageMAC
	if !ours || !whole || !read || n != 4+2 && n != 16+2 || res.CallID() == nil || res.CSeq() == nil {
		return flow{}, false
	}
	branch, _ := before.Params.Get("branch")
	if !hmac.Equal(b[n:], p.sealPassed(b[:n], branch, res.CallID().Value(), res.CSeq().SeqNo)) {
		return flow{}, false
	}
	a, _ := netip.AddrFromSlice(b[:n-2])
	return flow{"UDP", netip.AddrPortFrom(a, binary.BigEndian.Uint16(b[n-2:]))}, true
}

func (p place) sealPassed(where []byte, branch, callID string, seq uint32) []byte {
	h := hmac.New(sha256.New, p.key)
	h.Write([]byte("passed"))
	h.Write(where)
	h.Write(binary.BigEndian.AppendUint32(nil, seq))
	h.Write([]byte(branch + "\x00" + callID))
	return h.Sum(nil)[:passageMAC]
}
