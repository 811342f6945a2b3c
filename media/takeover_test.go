package media

import (
	"testing"
	"time"

	pion "github.com/pion/rtp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/srtp"
)

// A call is taken back from hold, so its source may be settled anew. Somebody who has
// recorded what went before plays it from elsewhere: authentic once, it is a replay now, and
// takes nothing over. The true far end is heard as before.
func TestRecordedPacketsTakeNothingOver(t *testing.T) {
	a := newPhone(t, Config{}, sine(500))
	a.reserve()
	p, thief := newPeer(t, a.local.RTP), newPeer(t, a.local.RTP)
	agreed := towards(agreement.Local{RTP: p.addr()}, agreement.PCMU)
	agreed.Protection, _ = keyed(agreement.AES128CM80)
	a.apply(agreed)
	a.Do(Listen{a.leg})
	out, err := srtp.New(agreed.Protection.Suite, agreed.Protection.Recv, agreement.MKI{})
	if err != nil {
		t.Fatal(err)
	}
	var recorded [][]byte
	speak := func() {
		h := pion.Packet{Header: pion.Header{Version: 2, SequenceNumber: p.seq, Timestamp: p.stamp, SSRC: p.ssrc}, Payload: make([]byte, 160)}
		data, err := h.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := out.Seal(make([]byte, 400), data)
		if err != nil {
			t.Fatal(err)
		}
		recorded = append(recorded, append([]byte(nil), sealed...))
		p.raw(sealed)
		p.seq++
		p.stamp += 160
	}
	clock := drive(a)
	clock.run(2*time.Second, speak)
	clock.run(20 * time.Millisecond)
	a.apply(agreed)
	i := 0
	clock.run(time.Second, func() {
		thief.raw(recorded[len(recorded)-50+i])
		i++
	})
	l := a.legs[a.leg]
	if l.gate.Settled() || l.gate.Target() != p.addr() {
		t.Errorf("settled %v, our voice goes to %v", l.gate.Settled(), l.gate.Target())
	}
	if s, _ := a.Stats(a.leg); s.Dropped.Forged < 48 || s.Received > 100 {
		t.Errorf("%+v", s)
	}
	clock.run(100*time.Millisecond, speak)
	if !l.gate.Settled() || l.gate.Target() != p.addr() {
		t.Error("the far end is not believed any more")
	}
}
