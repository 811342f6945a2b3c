package sip

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/ingress"
)

// An inbound is a request and its server transaction. The loop writes the responses to one
// that came by UDP, where writing takes no time; those over a connection, whose far end may
// not read, it hands in order to the goroutine that sipgo began for the request.
type inbound struct {
	a         *Agent
	req       *sip.Request
	tx        *sip.ServerTx
	from      netip.AddrPort
	flow      *flow              // what it came over; nil: UDP
	out       chan *sip.Response // over a connection
	closed    chan struct{}
	once      sync.Once
	cancelled chan *sip.Request
	withdrawn atomic.Bool // its CANCEL came before a final response of ours: 487 went out
	strange   bool        // see Agent.strange; reason says how
	reason    ingress.Reason
	// Loop only.
	onCancel func(*sip.Request)
	onGone   func()        // the transaction ended without us
	known    atomic.Bool   // it belongs to a call: its repeats are answered by sipgo
	repeated *sip.Response // what is sent again until it is acknowledged
	final    int           // status of the final response that was handed over; 0: none yet
}

// arrived sees every message before sipgo's transactions do, in the order of arrival.
func (a *Agent) arrived(msg sip.Message) {
	unwrap(msg)
	req, ok := msg.(*sip.Request)
	if !ok {
		if res, ok := msg.(*sip.Response); ok {
			a.responded(res)
		}
		return
	}
	if a.retired.Load() {
		req.SetTransport("none") // sipgo drops it
		return
	}
	from, fl, ok := a.flows.from(req.Source())
	if !ok {
		req.SetTransport("none") // nobody is there for the answer
		return
	}
	a.withdrawals.came(req)
	if via := req.Via(); via != nil {
		// RFC 3261 §18.2.1, RFC 3581 §4. sipgo would give the label of a flow.
		port, asked := via.Params.Get("rport")
		asked = asked && port == ""
		if host := from.Addr().String(); asked || strings.Trim(via.Host, "[]") != host {
			via.Params.Add("received", host)
		}
		if asked && fl != nil {
			via.Params.Add("rport", strconv.Itoa(int(from.Port())))
		}
	}
	if req.IsAck() {
		a.post(func() { a.acked(req) }) // before a re-INVITE that comes right behind it
		return
	}
	if to := req.To(); to != nil && to.Params.Has("tag") && !req.IsCancel() {
		a.turns.Take(time.Now(), req)
	}
	// All responses to one request carry one tag (RFC 3261 §8.2.6.2), those that sipgo
	// makes by itself included.
	if to := req.To(); to != nil && !to.Params.Has("tag") {
		to.Params.Add("tag", a.localTag(req))
	}
}

// outside reports whether a request came without To tag: from outside any dialog.
func (a *Agent) outside(req *sip.Request) bool {
	tag, _ := req.To().Params.Get("tag")
	return tag == a.localTag(req)
}

// serve is sipgo's: it returns when the transaction needs nobody any more.
func (a *Agent) serve(req *sip.Request, tx *sip.ServerTx) {
	mine := a.turns.Of(req)
	defer mine.End()
	mine.Wait()
	status, why := ingress.Check(req)
	if req.IsAck() {
		tx.Terminate() // taken on arrival
		return
	}
	in := &inbound{
		a: a, req: req, tx: tx, out: make(chan *sip.Response, 16),
		closed: make(chan struct{}), cancelled: make(chan *sip.Request, 1),
	}
	var there bool
	in.from, in.flow, there = a.flows.from(req.Source())
	in.reason, in.strange = a.strange(req, in.from.Addr())
	switch {
	case !there: // its connection has gone
		tx.Terminate()
		return
	case status < 0:
		tx.Terminate()
		return
	case in.strange && (status > 0 || a.outside(req) || req.IsCancel()):
		in.turnAway(in.reason)
		return
	case status > 0:
		in.dismiss(status, why)
		return
	}
	if a.serving.Add(1) > maxServing {
		a.serving.Add(-1)
		in.dismiss(503, "", sip.NewHeader("Retry-After", "5"))
		return
	}
	defer a.serving.Add(-1)
	tx.OnCancel(in.withdraw)
	if req.IsInvite() {
		if c := a.withdrawals.taken(req); c != nil {
			in.withdrawnEarly(c)
		}
	}
	if !a.post(func() { a.received(in) }) {
		tx.Terminate()
		return
	}
	mine.End()
	in.write()
	in.release()
}

// dismiss answers statelessly (RFC 3261 §8.2.7): the transaction is forgotten at once, a
// repeat is answered anew.
func (in *inbound) dismiss(status int, why string, extra ...sip.Header) {
	if why == "" {
		why = phrase(status)
	}
	res := sip.NewResponseFromRequest(in.req, status, why, nil)
	for _, h := range extra {
		res.AppendHeader(h)
	}
	_ = in.tx.Respond(res)
	in.tx.Terminate()
}

// write sends what the loop hands over until nothing more can come.
func (in *inbound) write() {
	cancelled := in.cancelled
	for {
		select {
		case res := <-in.out:
			in.respond(res)
		case <-in.closed:
			for {
				select {
				case res := <-in.out:
					in.respond(res)
					continue
				default:
				}
				return
			}
		case c := <-cancelled:
			cancelled = nil
			in.a.post(func() {
				if in.onCancel != nil {
					in.onCancel(c)
				}
			})
		case <-in.tx.Acks(): // taken on arrival
		case <-in.tx.Done():
			if in.withdrawn.Load() && cancelled != nil {
				continue // that goes first
			}
			in.a.post(func() {
				if in.onGone != nil {
					in.onGone()
				}
			})
			return
		case <-in.a.quit:
			return
		}
	}
}

func (in *inbound) respond(res *sip.Response) {
	if in.withdrawn.Load() {
		return // the 487 is out, and sipgo would repeat this one instead
	}
	err := in.tx.Respond(res)
	if err == nil {
		return
	}
	if errors.Is(err, sip.ErrTransactionCanceled) {
		// A CANCEL won: sipgo has answered 487, but now it would repeat ours instead.
		_ = in.tx.Respond(sip.NewResponseFromRequest(in.req, 487, phrase(487), nil))
	}
	in.a.log.Debug("response not sent", "status", res.StatusCode, "error", err)
}

// answer hands a response over. Loop only; it never blocks: a transaction with more than
// 16 unsent responses is given up. A final one other than a 2xx to INVITE is the last.
func (in *inbound) answer(code int, body []byte, extra ...sip.Header) *sip.Response {
	if in.final >= 300 || in.final >= 200 && !in.req.IsInvite() {
		return nil
	}
	res := sip.NewResponseFromRequest(in.req, code, phrase(code), body)
	for _, h := range extra {
		res.AppendHeader(h)
	}
	if ua := in.a.cfg.UserAgent; ua != "" {
		res.AppendHeader(sip.NewHeader("Server", ua))
	}
	in.hand(res)
	return res
}

func (in *inbound) hand(res *sip.Response) {
	if in.flow == nil {
		in.respond(res)
	} else {
		select {
		case in.out <- res:
		default:
			in.close()
		}
	}
	if res.StatusCode >= 200 {
		in.final = res.StatusCode
		if res.StatusCode >= 300 || !in.req.IsInvite() {
			in.close()
		}
	}
}

// close lets sipgo have the transaction back once everything handed over was sent.
func (in *inbound) close() { in.once.Do(func() { close(in.closed) }) }

// received decides what a correct request is for.
func (a *Agent) received(in *inbound) {
	req := in.req
	if req.Method == sip.CANCEL { // one that met its INVITE was taken by sipgo
		if a.withdrawals.counted(req) {
			in.answer(200, nil)
		} else {
			in.answer(481, nil)
		}
		return
	}
	if misplaced(req) {
		in.answer(400, nil)
		return
	}
	if a.outside(req) {
		a.fresh(in)
		return
	}
	if in.withdrawn.Load() {
		in.close() // a re-INVITE that never was: nothing has changed
		return
	}
	if c := a.dialogs[dialogOf(req)]; c != nil {
		c.inside(in)
		return
	}
	if s := a.subs[dialogOf(req)]; s != nil { // a fork
		s.inside(in)
		return
	}
	if s := a.subs[ours(req)]; s != nil {
		s.inside(in)
		return
	}
	in.unknown()
}

// ours is dialogOf as far as our own end knows it before the far end has said anything.
func ours(req *sip.Request) dialog.ID {
	id := dialogOf(req)
	id.Remote = ""
	return id
}

// dialogOf names the dialog of a request to us.
func dialogOf(req *sip.Request) dialog.ID {
	id := dialog.ID{CallID: req.CallID().Value()}
	id.Local, _ = req.To().Params.Get("tag")
	id.Remote, _ = req.From().Params.Get("tag")
	return id
}

// fresh takes a request from outside any dialog.
func (a *Agent) fresh(in *inbound) {
	req := in.req
	switch req.Method { // the order of RFC 3261 §8.2: the method first
	case sip.INVITE:
		a.invited(in)
		return
	case sip.INFO, sip.REGISTER, sip.SUBSCRIBE, sip.PUBLISH:
		in.answer(405, nil, sip.NewHeader("Allow", allow)) // RFC 3261 §8.2.1
		return
	case sip.OPTIONS, sip.BYE, sip.PRACK, sip.UPDATE, sip.MESSAGE, sip.REFER, sip.NOTIFY:
	default:
		in.answer(501, nil, sip.NewHeader("Allow", allow)) // RFC 3261 §21.5.2
		return
	}
	if in.demanding() {
		return
	}
	switch req.Method {
	case sip.OPTIONS:
		in.answer(200, nil, capabilities()...) // RFC 3261 §11.2
	case sip.BYE, sip.PRACK, sip.UPDATE:
		in.answer(481, nil)
	case sip.MESSAGE:
		a.texted(in)
	case sip.REFER:
		a.referredOutside(in)
	case sip.NOTIFY:
		a.unasked(in)
	}
}

// spoken refuses a request inside a dialog whose method is not spoken there.
func (in *inbound) spoken() bool {
	switch in.req.Method {
	case sip.SUBSCRIBE, sip.REGISTER, sip.PUBLISH:
		in.answer(405, nil, sip.NewHeader("Allow", allow))
	case sip.INVITE, sip.UPDATE, sip.PRACK, sip.BYE, sip.INFO, sip.OPTIONS, sip.MESSAGE, sip.REFER, sip.NOTIFY:
		return true
	default:
		in.answer(501, nil, sip.NewHeader("Allow", allow))
	}
	return false
}

// demanding refuses a request that requires what we cannot (RFC 3261 §8.2.2.3).
func (in *inbound) demanding() bool {
	tags := ingress.Unsupported(in.req, extensions...)
	if len(tags) > 0 {
		in.answer(420, nil, sip.NewHeader("Unsupported", strings.Join(tags, ", ")))
	}
	return len(tags) > 0
}

func capabilities() []sip.Header {
	return []sip.Header{
		sip.NewHeader("Allow", allow),
		sip.NewHeader("Accept", accept),
		sip.NewHeader("Accept-Encoding", "identity"),
		sip.NewHeader("Accept-Language", "en"),
		sip.NewHeader("Supported", supported),
		sip.NewHeader("Allow-Events", allowEvents),
	}
}

// acked takes an ACK that belongs to a 2xx.
func (a *Agent) acked(ack *sip.Request) {
	if ack.To() == nil || ack.From() == nil || ack.CallID() == nil || ack.CSeq() == nil {
		return
	}
	if c := a.dialogs[dialogOf(ack)]; c != nil {
		c.acked(ack)
	}
}

// warning is a Warning header (RFC 3261 §20.43).
func (a *Agent) warning(code int, words string) sip.Header {
	return sip.NewHeader("Warning", strconv.Itoa(code)+" offhook "+strconv.Quote(words))
}
