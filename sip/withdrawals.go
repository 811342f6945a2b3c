package sip

import (
	"sync"

	"github.com/emiago/sipgo/sip"
)

// withdrawals remember the last INVITEs and the CANCELs behind them, in the order in which
// they arrived. sipgo begins a goroutine per message: a CANCEL may meet the transaction of
// its INVITE before serve has it, or find none yet. It counts all the same, as no final
// response has gone out (RFC 3261 §9.2).
type withdrawals struct {
	mu   sync.Mutex
	ring [maxWithdrawals]withdrawal
	next int
}

// maxWithdrawals bounds how many INVITEs may arrive between one and the goroutine that
// serves it; beyond them a CANCEL is taken by sipgo, or answered 481.
const maxWithdrawals = 64

type withdrawal struct {
	invite string // see inviteID; "": none
	served bool
	cancel *sip.Request // nil: it stands
}

// came notes an INVITE, or a CANCEL whose INVITE is not served yet.
func (w *withdrawals) came(req *sip.Request) {
	if !req.IsInvite() && !req.IsCancel() {
		return
	}
	id := inviteID(req)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch at := w.find(id); {
	case req.IsCancel() && at != nil && !at.served && at.cancel == nil:
		at.cancel = req
	case req.IsInvite() && at == nil:
		w.ring[w.next] = withdrawal{invite: id}
		w.next = (w.next + 1) % maxWithdrawals
	}
}

// taken gives the CANCEL that came before its INVITE was served; nil: none did, and every
// later one is sipgo's to tell.
func (w *withdrawals) taken(invite *sip.Request) *sip.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.find(inviteID(invite))
	if at == nil {
		return nil
	}
	at.served = true
	return at.cancel
}

// counted reports whether a CANCEL that met no transaction was too early for one.
func (w *withdrawals) counted(cancel *sip.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.find(inviteID(cancel))
	return at != nil && at.cancel != nil
}

func (w *withdrawals) find(id string) *withdrawal {
	for i := range w.ring {
		if w.ring[i].invite == id {
			return &w.ring[i]
		}
	}
	return nil
}

// inviteID is what an INVITE and its CANCEL have in common (RFC 3261 §9.1, §17.2.3).
func inviteID(req *sip.Request) string {
	id := ""
	if h := req.Via(); h != nil {
		id = branchOf(req) + "\x00" + h.Host + "\x00"
	}
	if h := req.From(); h != nil {
		tag, _ := h.Params.Get("tag")
		id += tag + "\x00"
	}
	if h := req.CallID(); h != nil {
		id += h.Value()
	}
	return id
}

// withdraw takes a CANCEL, however early it came.
func (in *inbound) withdraw(cancel *sip.Request) {
	in.withdrawn.Store(true) // before the 487, and so before its ACK
	select {
	case in.cancelled <- cancel:
	default:
	}
}

// withdrawnEarly answers an INVITE whose CANCEL came before serve had it. sipgo has said so
// already where the CANCEL met the transaction; it is the same answer.
func (in *inbound) withdrawnEarly(cancel *sip.Request) {
	in.withdraw(cancel)
	_ = in.tx.Respond(sip.NewResponseFromRequest(in.req, 487, phrase(487), nil))
}
