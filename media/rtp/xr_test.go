package rtp

import (
	"encoding/binary"
	"encoding/hex"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"github.com/offhook/offhook/media/agreement"
)

const ms = time.Millisecond

// What is written is what RFC 3611 §4.7 draws, and is read again as it was meant.
func TestMetricsGoAndCome(t *testing.T) {
	view := agreement.View{
		Known: true, Lost: 0.125, Discarded: 0.0625, BurstLoss: 0.5, GapLoss: 0.25,
		BurstLength: 300 * ms, GapLength: 4000 * ms, RoundTrip: 80 * ms, EndSystem: 90 * ms,
		Playout: 40 * ms, PlayoutMost: 500 * ms, R: 81, Listening: 4.1, Conversation: 3.9,
	}
	a, b := Reporter{SSRC: 1, CNAME: "a", Wall: wall}, Reporter{SSRC: 0x0a0b0c0d, Wall: wall}
	rx := Reception{Clock: 8000}
	rx.Take(0x0a0b0c0d, 1, 160, 0)
	data, err := a.Write(time.Second, NewSender(1), &rx, &view, true)
	if err != nil {
		t.Fatal(err)
	}
	const want = "80cf000a00000001" + "07000008" + "0a0b0c0d" + "20108040" + "012c0fa0" + "0050005a" +
		"7f7f7f10" + "517f2927" + "b0000028" + "002801f4"
	all, err := rtcp.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []uint8
	for rest := data; len(rest) > 0; {
		n := 4 * (1 + int(binary.BigEndian.Uint16(rest[2:])))
		kinds = append(kinds, rest[1])
		if rest[1] == 207 && hex.EncodeToString(rest[:n]) != want {
			t.Errorf("got  %x\nwant %s", rest[:n], want)
		}
		rest = rest[n:]
	}
	// RFC 3550 §6.1: a report first, the CNAME always, BYE last.
	if string(kinds) != string([]byte{201, 202, 207, 203}) {
		t.Errorf("a compound of %v, %d packets", kinds, len(all))
	}
	if err := b.Read(data, time.Second); err != nil || b.Far.Metrics != view || !b.Far.Bye {
		t.Errorf("read %v:\n got %+v\nwant %+v", err, b.Far.Metrics, view)
	}
}

// What is not known is said to be unavailable, and what others may not say is not believed.
func TestMetricsUnknown(t *testing.T) {
	var m *rtcp.VoIPMetricsReportBlock = metrics(1, agreement.View{}).Reports[0].(*rtcp.VoIPMetricsReportBlock)
	if m.RFactor != unavailable || m.MOSLQ != unavailable || m.MOSCQ != unavailable || m.SignalLevel != unavailable {
		t.Errorf("%+v", m)
	}
	m = metrics(1, agreement.View{Lost: 3, Discarded: -1, RoundTrip: time.Hour, GapLength: -ms, R: 400, Listening: 9}).Reports[0].(*rtcp.VoIPMetricsReportBlock)
	if m.LossRate != 255 || m.DiscardRate != 0 || m.RoundTripDelay != 65535 || m.GapDuration != 0 || m.RFactor != 100 || m.MOSLQ != 50 {
		t.Errorf("out of range: %+v", m)
	}
	v := viewed(&rtcp.VoIPMetricsReportBlock{RFactor: unavailable, MOSLQ: unavailable, MOSCQ: 3})
	if v != (agreement.View{Known: true}) {
		t.Errorf("believed %+v", v)
	}
}

// About another source, or in the midst of what is not understood: no matter.
func TestMetricsAmongOthers(t *testing.T) {
	r := Reporter{SSRC: 7, Wall: wall}
	rr := []byte{0x80, 201, 0, 1, 0, 0, 0, 2}
	broken := []byte{0x9f, 202, 0, 1, 0xff, 0xff, 0xff, 0xff} // 31 chunks that are not there
	other, _ := rtcp.Marshal([]rtcp.Packet{metrics(8, agreement.View{R: 50})})
	ours, _ := rtcp.Marshal([]rtcp.Packet{metrics(7, agreement.View{R: 60})})
	if err := r.Read(append(append([]byte(nil), rr...), other...), time.Second); err != nil || r.Far.Metrics.Known {
		t.Errorf("of another source: %v %+v", err, r.Far.Metrics)
	}
	if err := r.Read(append(append(append([]byte(nil), rr...), broken...), ours...), 2*time.Second); err != nil || r.Far.Metrics.R != 60 {
		t.Errorf("behind a broken packet: %v %+v", err, r.Far.Metrics)
	}
}

// A far end whose reports tell that it has sent nothing is silent on purpose; one that says
// that it sends, or says nothing more, is not.
func TestFarEndIsSilentOnPurpose(t *testing.T) {
	r := Reporter{SSRC: 1, Wall: wall}
	now := time.Second
	says := func(p rtcp.Packet, want bool) {
		t.Helper()
		data, err := rtcp.Marshal([]rtcp.Packet{p, rtcp.NewCNAMESourceDescription(2, "far")})
		if err != nil {
			t.Fatal(err)
		}
		now += 5 * time.Second
		if err := r.Read(data, now); err != nil || r.Far.IdleAt(now) != want {
			t.Errorf("%T: %v, idle %v, want %v", p, err, r.Far.IdleAt(now), want)
		}
	}
	if r.Far.IdleAt(now) {
		t.Error("before the first report")
	}
	says(&rtcp.SenderReport{SSRC: 2, PacketCount: 250}, false)
	says(&rtcp.SenderReport{SSRC: 2, PacketCount: 500}, false)
	says(&rtcp.SenderReport{SSRC: 2, PacketCount: 500}, true)
	says(&rtcp.ReceiverReport{SSRC: 2}, true)
	says(&rtcp.SenderReport{SSRC: 2, PacketCount: 501}, false)
	says(&rtcp.ReceiverReport{SSRC: 2}, true)
	if r.Far.IdleAt(now + 15*time.Second) {
		t.Error("a report of long ago")
	}
}

// RFC 3550 §6.4: SR while anything was sent since the report before the last, and a block
// only about what came since the last.
func TestReporterChoosesItsReport(t *testing.T) {
	r, s, rx := Reporter{SSRC: 1, CNAME: "a", Wall: wall}, NewSender(1), Reception{Clock: 8000}
	s.Clock = 8000
	packet := make([]byte, HeaderLen+160)
	for i, step := range []struct {
		sends, hears bool
		kind, blocks int
	}{
		{false, false, 201, 0}, {true, true, 200, 1}, {false, false, 200, 0}, {false, true, 201, 1}, {false, false, 201, 0}, {true, false, 200, 0},
	} {
		if step.sends {
			s.Stamp(packet, 0)
		}
		if step.hears {
			rx.Take(9, uint16(i), uint32(i)*160, 0)
		}
		data, err := r.Write(time.Duration(i+1)*time.Second, s, &rx, nil, false)
		if err != nil || int(data[1]) != step.kind || int(data[0]&31) != step.blocks {
			t.Errorf("report %d: %v, kind %d with %d blocks, want %d with %d", i, err, data[1], data[0]&31, step.kind, step.blocks)
		}
	}
}
