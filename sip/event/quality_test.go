package event

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/offhook/offhook/media/agreement"
)

func heard() Heard {
	const ms = time.Millisecond
	start := time.Date(2026, 11, 27, 9, 41, 0, 0, time.FixedZone("", 3600))
	return Heard{
		CallID: "abc@10.0.0.1", Local: `"Anna" <sip:201@pbx.home>`, Remote: "<sip:202@pbx.home>", Caller: true,
		Own: "ours", Far: "theirs", Start: start, Stop: start.Add(139 * time.Second),
		Figures: agreement.Figures{
			Codec: agreement.PCMA, PayloadType: 8, PacketTime: 20 * ms,
			Local: netip.MustParseAddrPort("10.0.0.1:30000"), Remote: netip.MustParseAddrPort("[2001:db8::7]:4000"), SSRC: 0x1a3b5c7d, FarSSRC: 0x2468abcd,
			Here: agreement.View{
				Known: true, Lost: 0.05, Discarded: 0.02, BurstLoss: 0.5, GapLoss: 0.01, BurstLength: 300 * ms, GapLength: 5 * time.Second,
				Jitter: 12 * ms, RoundTrip: 80 * ms, EndSystem: 71 * ms, OneWay: 111 * ms, Playout: 40 * ms, PlayoutMost: 400 * ms,
				R: 71.4, Listening: 3.7, Conversation: 3.66,
			},
			There: agreement.View{Known: true, Lost: 0.01, Jitter: 3 * ms, RoundTrip: 80 * ms, OneWay: 100 * ms, R: 88, Listening: 4.3, Conversation: 4.29},
		},
	}
}

// The body of RFC 6035 §4.6, whole.
func TestQualityBody(t *testing.T) {
	want := `VQSessionReport: CallTerm
CallID: abc@10.0.0.1
LocalID: "Anna" <sip:201@pbx.home>
RemoteID: <sip:202@pbx.home>
OrigID: "Anna" <sip:201@pbx.home>
LocalAddr: IP=10.0.0.1 PORT=30000 SSRC=0x1a3b5c7d
RemoteAddr: IP=2001:db8::7 PORT=4000 SSRC=0x2468abcd
LocalMetrics:
Timestamps: START=2026-11-27T08:41:00Z STOP=2026-11-27T08:43:19Z
SessionDesc: PT=8 PD=PCMA SR=8000 FD=20 FPP=1 PPS=50 PLC=2 SSUP=off
JitterBuffer: JBA=3 JBN=40 JBM=40 JBX=400
PacketLoss: NLR=5.0 JDR=2.0
BurstGapLoss: BLD=50.0 BD=300 GLD=1.0 GD=5000 GMIN=16
Delay: RTD=80 ESD=71 SOWD=111 IAJ=12
QualityEst: RCQ=71 MOSLQ=3.7 MOSCQ=3.7 QoEEstAlg=G.107
RemoteMetrics:
Timestamps: START=2026-11-27T08:41:00Z STOP=2026-11-27T08:43:19Z
SessionDesc: PT=8 PD=PCMA SR=8000 FD=20 FPP=1 PPS=50 PLC=2 SSUP=off
PacketLoss: NLR=1.0 JDR=0.0
Delay: RTD=80 SOWD=100 IAJ=3
QualityEst: RCQ=88 MOSLQ=4.3 MOSCQ=4.3 QoEEstAlg=G.107
DialogID: abc@10.0.0.1;to-tag=theirs;from-tag=ours
`
	if d := cmp.Diff(want, strings.ReplaceAll(string(heard().Body()), "\r\n", "\n")); d != "" {
		t.Error(d)
	}
}

// A call that goes on, in which we were called and nothing was heard yet.
func TestQualityBodyOfLittle(t *testing.T) {
	h := heard()
	h.Going, h.Caller, h.Figures = true, false, agreement.Figures{}
	want := `VQIntervalReport
CallID: abc@10.0.0.1
LocalID: "Anna" <sip:201@pbx.home>
RemoteID: <sip:202@pbx.home>
OrigID: <sip:202@pbx.home>
LocalAddr: IP=0.0.0.0 PORT=0 SSRC=0x00000000
RemoteAddr: IP=0.0.0.0 PORT=0 SSRC=0x00000000
LocalMetrics:
Timestamps: START=2026-11-27T08:41:00Z STOP=2026-11-27T08:43:19Z
DialogID: abc@10.0.0.1;to-tag=ours;from-tag=theirs
`
	if d := cmp.Diff(want, strings.ReplaceAll(string(h.Body()), "\r\n", "\n")); d != "" {
		t.Error(d)
	}
}

// Nothing of the far end's choosing makes a line of its own, or a long one.
func TestQualityBodyIsBounded(t *testing.T) {
	h := heard()
	h.Remote, h.Far = "<sip:x@y>\r\nQualityEst: MOSCQ=1.0", strings.Repeat("t", 5000)
	body := string(h.Body())
	if strings.Contains(body, "\nQualityEst: MOSCQ=1.0") || len(body) > 4000 {
		t.Errorf("%d octets:\n%s", len(body), body)
	}
}
