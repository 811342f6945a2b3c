package media

import (
	"math"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/codec"
	"github.com/offhook/offhook/media/jitter"
)

func nearly(a, b, by float64) bool { return math.Abs(a-b) <= by }

// A good call: both ends rate it so, each knows what the other thinks, and it is known
// after the release, for a while.
func TestFiguresOfACall(t *testing.T) {
	minutes(t)
	for _, c := range []agreement.Codec{agreement.PCMU, agreement.Opus} {
		a, b := newPhone(t, Config{}, speech(1)), newPhone(t, Config{}, speech(2))
		a.reserve()
		b.reserve()
		ab, ba := towards(b.local, c), towards(a.local, c)
		ab.XR, ba.XR = true, true
		ab.Mux, ba.Mux = true, true // the other socket is looked at now and then, and this clock knows no arrivals
		a.apply(ab)
		b.apply(ba)
		a.Do(Listen{a.leg})
		b.Do(Listen{b.leg})
		if f, ok := a.Figures(a.leg); !ok || f.Here.Known || f.There.Known {
			t.Errorf("%s: before the first packet: %+v", c.Name, f)
		}
		drive(a, b).run(13 * time.Second)
		f, ok := a.Figures(a.leg)
		if !ok || f.Codec != c || f.Local != a.local.RTP || f.Remote != b.local.RTP || f.SSRC != a.local.SSRC || f.FarSSRC != b.local.SSRC {
			t.Errorf("%s: %+v", c.Name, f)
		}
		for side, v := range map[string]agreement.View{"here": f.Here, "there": f.There} {
			if !v.Known || v.Lost != 0 || v.Discarded != 0 || v.R < 90 || v.R > 93.2 || v.Conversation < 4.3 || v.OneWay <= 0 || v.OneWay > 150*time.Millisecond {
				t.Errorf("%s, %s: %+v", c.Name, side, v)
			}
		}
		if far := a.legs[a.leg].reporter.Far.Metrics; !far.Known || far.R < 85 || far.EndSystem == 0 {
			t.Errorf("%s: metrics of the far end: %+v", c.Name, far)
		}
		a.Release(a.leg)
		if past, ok := a.Figures(a.leg); !ok || past.Here != f.Here {
			t.Errorf("%s: after the release: %+v", c.Name, past.Here)
		}
		for range maxPast {
			a.reserve()
			a.apply(ab)
			a.Release(a.leg)
		}
		if _, ok := a.Figures(1); ok {
			t.Errorf("%s: remembered for ever", c.Name)
		}
	}
}

// Every tenth packet is lost: a figure of its own, and a lower rating by as much as G.107
// says. In bursts it is worse.
func TestFiguresOfLoss(t *testing.T) {
	minutes(t)
	rating := func(lost func(i int) bool) agreement.View {
		a, p, clock := facing(t)
		i := 0
		clock.run(40*time.Second, func() {
			if i++; lost(i) {
				p.seq++
				p.stamp += 160
				return
			}
			p.speak()
		})
		f, _ := a.Figures(a.leg)
		if f.There.Known {
			t.Errorf("nobody reported: %+v", f.There)
		}
		return f.Here
	}
	whole := rating(func(int) bool { return false })
	single := rating(func(i int) bool { return i%10 == 5 })
	bursts := rating(func(i int) bool { return i%50 < 5 && i > 50 })
	if whole.Lost != 0 || whole.BurstLoss != 0 || whole.GapLoss != 0 || whole.R < 90 {
		t.Errorf("no loss: %+v", whole)
	}
	if !nearly(single.Lost, 0.1, 0.005) || single.Discarded > 0.01 || !nearly(whole.R-single.R, 27, 2) {
		t.Errorf("every tenth: %+v, R %.1f without", single, whole.R)
	}
	if !nearly(bursts.Lost, 0.1, 0.005) || bursts.BurstLoss < 0.9 || bursts.GapLoss > 0.01 || bursts.R >= single.R ||
		!nearly(bursts.BurstLength.Seconds(), 0.1, 0.021) || !nearly(bursts.GapLength.Seconds(), 0.9, 0.05) {
		t.Errorf("bursts of five: %+v, single %+v", bursts, single)
	}
}

// A playout buffer made anew counts from zero; what was noted stays.
func TestScoreOverCodecs(t *testing.T) {
	var s score
	s.follow(jitter.Stats{Played: 90, Lost: 8, Discarded: 2})
	s.renew()
	s.follow(jitter.Stats{Played: 50})
	s.follow(jitter.Stats{Played: 10}) // never seen: it must not wrap
	if p := s.bursts.Pattern(); p.Packets != 150 || p.Lost != 10 {
		t.Errorf("%+v", p)
	}
}

// report makes the peer tell that it misses a share of what it gets.
func (p *peer) report(of uint32, fraction uint8, clock *clock) {
	data, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: p.ssrc, Reports: []rtcp.ReceptionReport{{SSRC: of, FractionLost: fraction, TotalLost: 5, Jitter: 80}}},
		rtcp.NewCNAMESourceDescription(p.ssrc, "peer"),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.raw(data) // to the RTP port, as those behind a NAT do
	clock.run(20 * time.Millisecond)
}

// A loss report reaches the encoder when it comes, and rates our stream where no metrics come.
func TestReportsFeedTheEncoder(t *testing.T) {
	a, p, clock := facing(t)
	clock.run(time.Second, p.speak)
	enc := &expecting{Encoder: a.legs[a.leg].out.enc}
	a.legs[a.leg].out.enc = enc
	p.report(a.local.SSRC, 64, clock)
	if len(enc.told) != 1 || enc.told[0] != 13 {
		t.Errorf("the encoder was told %v of 25 %% lost, want half", enc.told)
	}
	p.report(999, 128, clock) // of somebody else's stream
	if len(enc.told) != 1 {
		t.Errorf("and then %v", enc.told)
	}
	f, _ := a.Figures(a.leg)
	if v := f.There; !v.Known || !nearly(v.Lost, 0.1, 0.02) || v.Jitter != 10*time.Millisecond || v.R > 75 || v.Conversation < 1 {
		t.Errorf("%+v", v)
	}
}

// The far end is neither heard nor does it report: the leg fails, once. One that only
// reports, held ones, and where nothing was asked for: not.
func TestSilenceEndsALeg(t *testing.T) {
	minutes(t)
	failed := func(e *Engine) (n int) {
		for _, v := range events(e) {
			if f, ok := v.(Failed); ok && f.Words == noSound {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		name    string
		silence time.Duration
		dir     agreement.Direction
		reports bool
		want    int
	}{
		{"gone", 30 * time.Second, agreement.SendRecv, false, 1},
		{"reports", 30 * time.Second, agreement.SendRecv, true, 0},
		{"held by us", 30 * time.Second, agreement.SendOnly, false, 0},
		{"held by them", 30 * time.Second, agreement.RecvOnly, false, 0},
		{"not wanted", 0, agreement.SendRecv, false, 0},
	} {
		a := newPhone(t, Config{Silence: c.silence}, sine(500))
		a.reserve()
		p := newPeer(t, a.local.RTP)
		agreed := towards(agreement.Local{RTP: p.addr()}, agreement.PCMU)
		agreed.Direction = c.dir
		a.apply(agreed)
		a.Do(Listen{a.leg})
		clock := drive(a)
		clock.run(25 * time.Second)
		clock.run(time.Second, p.speak)
		clock.run(29 * time.Second)
		if n := failed(a.Engine); n != 0 {
			t.Errorf("%s: failed after 29 s", c.name)
		}
		if f, _ := a.Figures(a.leg); c.dir == agreement.SendRecv && !nearly(f.Quiet.Seconds(), 29, 0.1) || c.dir != agreement.SendRecv && f.Quiet != 0 {
			t.Errorf("%s: quiet for %v", c.name, f.Quiet)
		}
		for range 4 {
			if c.reports {
				p.report(a.local.SSRC, 0, clock)
			}
			clock.run(15 * time.Second)
		}
		if n := failed(a.Engine); n != c.want {
			t.Errorf("%s: failed %d times, want %d", c.name, n, c.want)
		}
	}
}

type expecting struct {
	codec.Encoder
	told []int
}

func (e *expecting) ExpectLoss(percent int) { e.told = append(e.told, percent) }

// Figures are asked for by the display, not by the frame path, which notes without
// allocating.
func TestScoreAllocatesNothing(t *testing.T) {
	var s score
	var n uint64
	if a := testing.AllocsPerRun(100, func() {
		n++
		s.follow(jitter.Stats{Played: n, Lost: n / 7})
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
