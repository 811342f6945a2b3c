package rtp

import (
	"errors"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"github.com/offhook/offhook/media/agreement"
)

var wall = time.Date(2026, 11, 23, 9, 41, 0, 0, time.UTC)

func TestNTP(t *testing.T) {
	// RFC 5905 figure 4: 1 Jan 1970 is 2,208,988,800 s of era 0.
	if got := NTP(time.Unix(0, 0)); got != 2208988800<<32 {
		t.Errorf("1970: %x", got)
	}
	if got := NTP(time.Unix(0, 500_000_000)) & 0xffffffff; got != 1<<31 {
		t.Errorf("half a second: %x, want %x", got, uint64(1<<31))
	}
}

func TestReceptionCounts(t *testing.T) {
	r := Reception{Clock: 8000}
	seq, stamp, at := uint16(65530), uint32(0xffffff00), time.Duration(0)
	for i := range 100 {
		if i%10 != 3 { // every tenth is lost, across the wrap
			r.Take(7, seq, stamp, at)
		}
		seq, stamp, at = seq+1, stamp+160, at+20*time.Millisecond
	}
	if lost, expected := r.Lost(); lost != 10 || expected != 100 {
		t.Errorf("lost %d of %d, want 10 of 100", lost, expected)
	}
	fraction, lost, highest, jitter := r.report()
	if fraction != 10*256/100 || lost != 10 || highest != 65530+99 || jitter != 0 {
		t.Errorf("report: fraction %d, lost %d, highest %d, jitter %d", fraction, lost, highest, jitter)
	}
	// Nothing lost since: the fraction is of the interval alone (RFC 3550 A.3).
	for range 50 {
		r.Take(7, seq, stamp, at)
		seq, stamp, at = seq+1, stamp+160, at+20*time.Millisecond
	}
	if fraction, lost, _, _ := r.report(); fraction != 0 || lost != 10 {
		t.Errorf("next report: fraction %d, lost %d", fraction, lost)
	}
}

func TestReceptionJitter(t *testing.T) {
	r := Reception{Clock: 8000}
	for i := range 2000 {
		at := time.Duration(i)*20*time.Millisecond + time.Duration(i%2)*10*time.Millisecond
		r.Take(7, uint16(i), uint32(i)*160, at)
	}
	if j := r.Jitter(); j < 9*time.Millisecond || j > 11*time.Millisecond {
		t.Errorf("transit alternates by 10 ms: jitter %v", j)
	}
}

func TestReceptionRestarts(t *testing.T) {
	r := Reception{Clock: 8000}
	take := func(ssrc uint32, seq uint16) { r.Take(ssrc, seq, uint32(seq)*160, 0) }
	for i := range uint16(10) {
		take(1, i)
	}
	take(1, 40000) // one wild packet is not believed, A.1
	if lost, expected := r.Lost(); lost != 0 || expected != 10 {
		t.Errorf("a wild packet: lost %d of %d", lost, expected)
	}
	take(1, 40001) // two are
	take(1, 40002)
	if lost, expected := r.Lost(); lost != 0 || expected != 2 {
		t.Errorf("after a jump: lost %d of %d, want 0 of 2", lost, expected)
	}
	take(2, 5)
	if lost, expected := r.Lost(); lost != 0 || expected != 1 || r.ssrc != 2 {
		t.Errorf("another source: lost %d of %d of %d", lost, expected, r.ssrc)
	}
	take(2, 5)
	if lost, _ := r.Lost(); lost != 0 {
		t.Errorf("a duplicate: %d lost", lost)
	}
	if _, lost, _, _ := r.report(); lost != -1 {
		t.Errorf("a duplicate on the wire: %d, want -1 (A.3)", lost)
	}
}

// Two ends report to each other; the round trip and the loss come out right.
func TestReporters(t *testing.T) {
	a := Reporter{SSRC: 1, CNAME: "a", Wall: wall}
	b := Reporter{SSRC: 2, CNAME: "b", Wall: wall.Add(-3 * time.Hour)} // its wall clock is wrong
	sa, rb := NewSender(1), Reception{Clock: 8000}
	sa.Clock = 8000
	packet := make([]byte, HeaderLen+160)
	for i := range 50 {
		sa.Stamp(packet, 0)
		sa.Advance(160, time.Duration(i+1)*20*time.Millisecond)
		if i%5 != 2 {
			rb.Take(1, sa.seq, uint32(i)*160, time.Duration(i)*20*time.Millisecond)
		}
	}
	const way = 30 * time.Millisecond
	now := time.Second
	report, err := a.Write(now, sa, &Reception{}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	packets, err := rtcp.Unmarshal(report)
	if err != nil {
		t.Fatal(err)
	}
	sr, ok := packets[0].(*rtcp.SenderReport)
	if !ok || sr.PacketCount != 50 || sr.OctetCount != 8000 || sr.RTPTime != sa.stamp || sr.NTPTime != NTP(wall.Add(now)) {
		t.Errorf("sender report %+v", packets[0])
	}
	if name, err := (rtcp.CompoundPacket(packets)).CNAME(); err != nil || name != "a" {
		t.Errorf("CNAME %q, %v", name, err)
	}
	if err := b.Read(report, now+way); err != nil {
		t.Fatal(err)
	}
	now += way + 2*time.Second // it answers 2 s later
	report, err = b.Write(now, NewSender(2), &rb, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Read(report, now+way); err != nil {
		t.Fatal(err)
	}
	f := a.Far
	if d := f.RTT - 2*way; d < -time.Millisecond || d > time.Millisecond {
		t.Errorf("round trip %v, want %v", f.RTT, 2*way)
	}
	if !f.Known || f.LostInAll != 10 || f.Lost < 0.15 || f.Lost > 0.25 || !f.Bye {
		t.Errorf("the far end's view: %+v", f)
	}
}

func TestReporterIntervals(t *testing.T) {
	var reports, first int
	const hours = 10 * time.Hour
	for now := time.Duration(0); now < hours; now += 20 * time.Millisecond {
		if now%time.Hour == 0 {
			r := Reporter{}
			r.Begin(now)
			if d := r.next - now; d < time.Second || d > 3100*time.Millisecond {
				t.Errorf("the first report after %v", d) // 2.5 s × 0.5..1.5 / 1.21828
			}
			first++
		}
	}
	r := Reporter{}
	if r.Due(time.Hour) {
		t.Error("due before Begin")
	}
	r.Begin(0)
	last := time.Duration(-1)
	for now := time.Duration(0); now < hours; now += 20 * time.Millisecond {
		if r.Due(now) {
			if d := now - last; last >= 0 && (d < 2050*time.Millisecond || d > 6180*time.Millisecond) {
				t.Fatalf("a report %v after the one before", d)
			}
			last = now
			reports++
		}
	}
	if mean := hours / time.Duration(reports); mean < 3900*time.Millisecond || mean > 4300*time.Millisecond {
		t.Errorf("a report every %v in the mean, want about 4.1 s", mean)
	}
}

func TestReporterRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty": {}, "short": {0x80, 201, 0, 0}, "RTP": make([]byte, 172),
		"SDES first": {0x81, 202, 0, 1, 0, 0, 0, 1}, "length beyond the end": {0x80, 201, 0, 9, 0, 0, 0, 1},
		"another version inside": {0x80, 201, 0, 1, 0, 0, 0, 1, 0x40, 202, 0, 0}, "half a header": {0x80, 201, 0, 1, 0, 0, 0, 1, 0x80, 202, 0},
		"too long": append([]byte{0x80, 201, 0, 1}, make([]byte, 2000)...),
	} {
		r := Reporter{SSRC: 1}
		if err := r.Read(data, time.Second); !errors.Is(err, ErrReport) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A flood is read four times a second at most.
func TestReporterFlood(t *testing.T) {
	r := Reporter{SSRC: 1, Wall: wall}
	report, _ := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 2, Reports: []rtcp.ReceptionReport{{SSRC: 1}}}})
	for i := range 2000 {
		if err := r.Read(report, time.Duration(i)*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if r.Far.Reports != 2*reportsASec {
		t.Errorf("%d reports read in 2 s, want %d", r.Far.Reports, 2*reportsASec)
	}
}

// No datagram makes the reporter panic or believe in an impossible round trip.
func FuzzReporter(f *testing.F) {
	s := NewSender(2)
	s.Clock = 8000
	rx := Reception{Clock: 8000}
	rx.Take(1, 1, 1, 0)
	far := Reporter{SSRC: 2, CNAME: "far", Wall: wall}
	for _, bye := range []bool{true, false} {
		rx.Take(1, 2, 2, 0)
		data, err := far.Write(time.Second, s, &rx, &agreement.View{Lost: 0.1, R: 80, Listening: 4}, bye)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := Reporter{SSRC: 1, Wall: wall}
		r.Read(data, time.Minute)
		if r.Far.RTT < 0 || r.Far.RTT > 10*time.Second || r.Far.Lost < 0 || r.Far.Lost >= 1 {
			t.Errorf("believed %+v", r.Far)
		}
		if v := r.Far.Metrics; v.R < 0 || v.R > 100 || v.Listening > 5 || v.Conversation > 5 || v.Lost >= 1 {
			t.Errorf("believed %+v", v)
		}
		if r.heard {
			if _, err := r.Write(time.Minute, s, &rx, &r.Far.Metrics, false); err != nil {
				t.Error(err)
			}
		}
	})
}
