package rtp

import (
	"time"

	"github.com/pion/rtcp"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/quality"
)

// Of the VoIP metrics block (RFC 3611 §4.7).
const (
	unavailable = 127 // §4.7.4, §4.7.5: of levels, RERL, R and MOS
	// §4.7.6: loss is concealed by more than repetition (PLC 10), and the playout buffer
	// adapts (JBA 11).
	configured = 0b10_11_0000
)

// metrics is v as a VoIP metrics block about the source ssrc.
//
//	 0               1               2               3
//	|     BT=7      |   reserved    |       block length = 8        |
//	|                        SSRC of source                         |
//	|   loss rate   | discard rate  | burst density |  gap density  |
//	|       burst duration          |         gap duration          |
//	|     round trip delay          |       end system delay        |
//	| signal level  |  noise level  |     RERL      |     Gmin      |
//	|   R factor    | ext. R factor |    MOS-LQ     |    MOS-CQ     |
//	|   RX config   |   reserved    |          JB nominal           |
//	|          JB maximum           |          JB abs max           |
func metrics(ssrc uint32, v agreement.View) *rtcp.ExtendedReport {
	return &rtcp.ExtendedReport{Reports: []rtcp.ReportBlock{&rtcp.VoIPMetricsReportBlock{
		SSRC:     ssrc,
		LossRate: fraction(v.Lost), DiscardRate: fraction(v.Discarded),
		BurstDensity: fraction(v.BurstLoss), GapDensity: fraction(v.GapLoss),
		BurstDuration: milliseconds(v.BurstLength), GapDuration: milliseconds(v.GapLength),
		RoundTripDelay: milliseconds(v.RoundTrip), EndSystemDelay: milliseconds(v.EndSystem),
		SignalLevel: unavailable, NoiseLevel: unavailable, RERL: unavailable, Gmin: quality.Gmin,
		RFactor: factor(v.R), ExtRFactor: unavailable, MOSLQ: opinion(v.Listening), MOSCQ: opinion(v.Conversation),
		RXConfig: configured, JBNominal: milliseconds(v.Playout),
		JBMaximum: milliseconds(v.Playout), JBAbsMax: milliseconds(v.PlayoutMost),
	}}}
}

// viewed is what a block says; values that RFC 3611 does not know are as if unavailable.
func viewed(b *rtcp.VoIPMetricsReportBlock) agreement.View {
	v := agreement.View{
		Known: true,
		Lost:  share(b.LossRate), Discarded: share(b.DiscardRate),
		BurstLoss: share(b.BurstDensity), GapLoss: share(b.GapDensity),
		BurstLength: duration(b.BurstDuration), GapLength: duration(b.GapDuration),
		RoundTrip: duration(b.RoundTripDelay), EndSystem: duration(b.EndSystemDelay),
		Playout: duration(b.JBNominal), PlayoutMost: duration(b.JBAbsMax),
	}
	if b.RFactor <= 100 {
		v.R = float64(b.RFactor)
	}
	if mos := float64(b.MOSLQ) / 10; mos >= 1 && mos <= 5 {
		v.Listening = mos
	}
	if mos := float64(b.MOSCQ) / 10; mos >= 1 && mos <= 5 {
		v.Conversation = mos
	}
	return v
}

func fraction(share float64) uint8 { return uint8(min(max(share*256, 0), 255)) }
func share(fraction uint8) float64 { return float64(fraction) / 256 }

func milliseconds(d time.Duration) uint16 {
	return uint16(min(max(d.Round(time.Millisecond)/time.Millisecond, 0), 1<<16-1))
}
func duration(ms uint16) time.Duration { return time.Duration(ms) * time.Millisecond }

func factor(r float64) uint8 {
	if r <= 0 {
		return unavailable
	}
	return uint8(min(r+0.5, 100))
}

func opinion(mos float64) uint8 {
	if mos < 1 {
		return unavailable
	}
	return uint8(min(mos*10+0.5, 50))
}
