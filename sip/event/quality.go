package event

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/offhook/offhook/media/agreement"
)

// Quality and QualityType are the package and the body of voice quality reports (RFC 6035).
const (
	Quality     = "vq-rtcpxr"
	QualityType = "application/vq-rtcpxr"
)

// A Heard is one call as a report tells of it.
type Heard struct {
	Going         bool // the call goes on: an interval report
	CallID        string
	Local, Remote string // both parties, as in From and To, without tags
	Caller        bool   // we called
	// Own and Far are the tags of the dialog's ends.
	Own, Far    string
	Start, Stop time.Time
	Figures     agreement.Figures
}

// Body is the report (RFC 6035 §4.6). What is not known is left out.
func (h Heard) Body() []byte {
	var b strings.Builder
	kind, from, to, orig := "VQSessionReport: CallTerm", h.Far, h.Own, h.Remote
	if h.Going {
		kind = "VQIntervalReport"
	}
	if h.Caller {
		from, to, orig = h.Own, h.Far, h.Local
	}
	f := h.Figures
	fmt.Fprintf(&b, "%s\r\nCallID: %s\r\nLocalID: %s\r\nRemoteID: %s\r\nOrigID: %s\r\n", kind, bound(h.CallID), bound(h.Local), bound(h.Remote), bound(orig))
	fmt.Fprintf(&b, "LocalAddr: %s\r\nRemoteAddr: %s\r\n", end(f.Local, f.SSRC), end(f.Remote, f.FarSSRC))
	b.WriteString("LocalMetrics:\r\n")
	h.metrics(&b, f.Here)
	if f.There.Known {
		b.WriteString("RemoteMetrics:\r\n")
		h.metrics(&b, f.There)
	}
	fmt.Fprintf(&b, "DialogID: %s;to-tag=%s;from-tag=%s\r\n", bound(h.CallID), bound(to), bound(from))
	return []byte(b.String())
}

// metrics writes one end's view.
func (h Heard) metrics(b *strings.Builder, v agreement.View) {
	const utc = "2006-01-02T15:04:05Z"
	fmt.Fprintf(b, "Timestamps: START=%s STOP=%s\r\n", h.Start.UTC().Format(utc), h.Stop.UTC().Format(utc))
	f := h.Figures
	if ms := f.PacketTime.Milliseconds(); ms > 0 && f.Codec.Name != "" {
		fmt.Fprintf(b, "SessionDesc: PT=%d PD=%s SR=%d FD=%d FPP=1 PPS=%d PLC=2 SSUP=off\r\n",
			f.PayloadType, f.Codec.Name, f.Codec.Clock, ms, 1000/ms)
	}
	if !v.Known {
		return
	}
	if v.Playout > 0 { // JBA 3: it adapts
		fmt.Fprintf(b, "JitterBuffer: JBA=3 JBN=%d JBM=%d JBX=%d\r\n", ms(v.Playout), ms(v.Playout), ms(v.PlayoutMost))
	}
	fmt.Fprintf(b, "PacketLoss: NLR=%.1f JDR=%.1f\r\n", 100*v.Lost, 100*v.Discarded)
	if v.GapLength > 0 || v.BurstLength > 0 {
		fmt.Fprintf(b, "BurstGapLoss: BLD=%.1f BD=%d GLD=%.1f GD=%d GMIN=16\r\n", 100*v.BurstLoss, ms(v.BurstLength), 100*v.GapLoss, ms(v.GapLength))
	}
	b.WriteString("Delay:")
	for _, d := range []struct {
		name string
		is   time.Duration
	}{{"RTD", v.RoundTrip}, {"ESD", v.EndSystem}, {"SOWD", v.OneWay}} {
		if d.is > 0 {
			fmt.Fprintf(b, " %s=%d", d.name, ms(d.is))
		}
	}
	fmt.Fprintf(b, " IAJ=%d\r\n", ms(v.Jitter))
	if v.R > 0 {
		fmt.Fprintf(b, "QualityEst: RCQ=%.0f MOSLQ=%.1f MOSCQ=%.1f QoEEstAlg=G.107\r\n", v.R, v.Listening, v.Conversation)
	}
}

func ms(d time.Duration) int64 { return d.Round(time.Millisecond).Milliseconds() }

// end is one end of the media.
func end(a netip.AddrPort, ssrc uint32) string {
	addr, port := netip.IPv4Unspecified(), uint16(0)
	if a.IsValid() {
		addr, port = a.Addr().Unmap(), a.Port()
	}
	return fmt.Sprintf("IP=%s PORT=%d SSRC=0x%08x", addr, port, ssrc)
}

// maxIdentity is how long a name of the far end's choosing may be.
const maxIdentity = 256

// bound is text of the far end's as it may stand in a line.
func bound(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
	return text[:min(len(text), maxIdentity)]
}
