package media

import (
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/jitter"
	"github.com/offhook/offhook/media/quality"
	"github.com/offhook/offhook/media/rtp"
)

// A score follows what becomes of the packets of one leg, playout included.
type score struct {
	bursts         quality.Bursts
	played, missed uint64 // of the playout buffer's counters, as far as noted
}

// follow notes what the playout buffer has decided since the last time. Called for each
// frame, it sees one packet or two: that what is missing comes first is near enough.
func (s *score) follow(j jitter.Stats) {
	missed := j.Lost + j.Discarded
	if missed > s.missed {
		s.bursts.Lost(missed - s.missed)
	}
	if j.Played > s.played {
		s.bursts.Came(j.Played - s.played)
	}
	s.played, s.missed = j.Played, missed
}

// renew goes on with another playout buffer, which counts from zero.
func (s *score) renew() { s.played, s.missed = 0, 0 }

// playoutMost is the greatest delay of the playout buffer.
const playoutMost = 400 * time.Millisecond

// maxPast is how many legs are remembered after they were released.
const maxPast = 8

// A past is a leg that was released.
type past struct {
	id      agreement.Leg
	figures agreement.Figures
}

// Figures returns what is known of the sound of a leg, and of the last eight that were
// released; false: nothing. Safe from any goroutine; it waits for one step of the engine at
// most.
func (e *Engine) Figures(id agreement.Leg) (agreement.Figures, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l, ok := e.legs[id]; ok {
		return e.judge(l), l.up
	}
	for _, p := range e.past {
		if p.id == id && id != 0 {
			return p.figures, true
		}
	}
	return agreement.Figures{}, false
}

// remember keeps the figures of a leg that is about to go.
func (e *Engine) remember(l *leg) {
	if !l.up {
		return
	}
	f := e.judge(l)
	e.past[e.pastNext] = past{l.id, f}
	e.pastNext = (e.pastNext + 1) % maxPast
	e.cfg.Log.Info("call quality", "leg", l.id, "codec", f.Codec.Name, "delay", f.Here.OneWay.Round(time.Millisecond),
		"lost", percent(f.Here.Lost), "late", percent(f.Here.Discarded), "jitter", f.Here.Jitter.Round(time.Millisecond),
		"R", int(f.Here.R+0.5), "MOS", tenths(f.Here.Conversation),
		"lost there", percent(f.There.Lost), "MOS there", tenths(f.There.Conversation), "by its metrics", l.reporter.Far.Metrics.Known)
}

func percent(share float64) float64 { return tenths(100 * share) }
func tenths(x float64) float64      { return float64(int(x*10+0.5)) / 10 }

// judge gathers the figures of a leg and rates them.
func (e *Engine) judge(l *leg) agreement.Figures {
	f := agreement.Figures{Local: l.local.RTP, SSRC: l.local.SSRC}
	if !l.up {
		return f
	}
	a, s := l.agreed, e.figures(l)
	f.Codec, f.PayloadType, f.PacketTime = a.Codec, a.RecvType, a.PacketTime
	f.Remote, f.FarSSRC = l.gate.Target(), l.rx.Source()
	if a.Direction == agreement.SendRecv && !l.reporter.Far.IdleAt(e.now) {
		f.Quiet = e.now - max(l.heardAt, l.quietFrom)
	}
	v := &f.Here
	if l.rx.Started() {
		pattern := l.score.bursts.Pattern()
		loss := pattern.Loss()
		v.Known = true
		v.Lost = s.LossHere / 100
		v.Discarded = max(loss-v.Lost, 0)
		v.BurstLoss, v.GapLoss = pattern.Burst, pattern.Gap
		v.BurstLength, v.GapLength = packets(pattern.BurstLength, a.PacketTime), packets(pattern.GapLength, a.PacketTime)
		v.Jitter, v.RoundTrip, v.OneWay = s.Jitter, s.RoundTrip, s.MouthToEar
		v.EndSystem = s.MouthToEar - s.RoundTrip/2
		v.Playout, v.PlayoutMost = s.Playout, playoutMost
		rate(v, quality.Path{Delay: v.OneWay, Codec: quality.Of(a.Codec.Name, a.FEC), Loss: loss, Bursts: pattern.Ratio})
	}
	f.There = there(l, s)
	return f
}

// there is the far end's view: as it says itself, else from the loss and jitter of its
// plain reports, with our own delay in place of the one that it does not tell.
func there(l *leg, s Stats) agreement.View {
	far := l.reporter.Far
	v := far.Metrics
	if !far.Known && !v.Known {
		return agreement.View{}
	}
	v.Known = true
	v.Jitter = lasting(int(far.Jitter), l.agreed.Codec.Clock)
	v.RoundTrip = far.RTT
	if !far.Metrics.Known && l.tx.Packets > 0 {
		v.Lost = min(max(float64(far.LostInAll)/float64(l.tx.Packets), 0), 1)
	}
	v.OneWay = s.MouthToEar
	if far.Metrics.EndSystem > 0 {
		v.OneWay = far.Metrics.EndSystem + far.RTT/2
	}
	if v.R == 0 {
		path := quality.Path{Delay: v.OneWay, Codec: quality.Of(l.agreed.Codec.Name, l.agreed.FEC), Loss: v.Lost + v.Discarded}
		rate(&v, path)
	}
	if v.Conversation == 0 {
		v.Conversation = quality.MOS(v.R)
	}
	return v
}

// rate fills in R and what it means to listeners, who mind no delay, and in conversation.
func rate(v *agreement.View, p quality.Path) {
	v.R = max(quality.Rating(p), 1)
	v.Conversation = quality.MOS(v.R)
	p.Delay = 0
	v.Listening = quality.MOS(quality.Rating(p))
}

// packets is n packets as a duration.
func packets(n float64, packet time.Duration) time.Duration {
	return time.Duration(n * float64(packet))
}

// heed tells the encoder what the far end has just reported of our stream.
func (l *leg) heed(before rtp.Far) {
	if far := l.reporter.Far; far.Reports != before.Reports {
		l.spend(far.Lost)
	}
}

// noSound is what the user reads when the far end is neither heard nor reports.
const noSound = "No more sound"

// listenFor ends a leg whose far end has not shown itself for longer than is allowed:
// neither by media nor, as one that is silent on purpose does, by reports.
func (e *Engine) listenFor(l *leg) {
	if e.cfg.Silence <= 0 || l.forlorn || l.agreed.Direction != agreement.SendRecv {
		return
	}
	if e.now-max(l.heardAt, l.quietFrom, l.reporter.Far.LastReport) >= e.cfg.Silence {
		l.forlorn = true
		e.tell(Failed{l.id, noSound})
	}
}
