package sdp

import (
	"strings"
	"testing"
)

// RFC 3611 §5.1: who offers to take VoIP metrics is sent some, and asked for some; so is
// who answers that.
func TestMetricsAreAgreed(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		want        bool
	}{
		{"nothing said", "m=audio 6000 RTP/AVP 0\n", false},
		{"among others", "m=audio 6000 RTP/AVP 0\na=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt voip-metrics\n", true},
		{"for the session", "a=rtcp-xr:voip-metrics\nm=audio 6000 RTP/AVP 0\n", true},
		{"others alone", "m=audio 6000 RTP/AVP 0\na=rtcp-xr:pkt-loss-rle voip-metrics-not\n", false},
		{"none", "m=audio 6000 RTP/AVP 0\na=rtcp-xr\n", false},
	} {
		_, b, a, err := NewSide(1).Answer(far(c.lines), terms())
		if err != nil || a.XR != c.want || strings.Contains(string(b), "a=rtcp-xr:voip-metrics\r\n") != c.want {
			t.Errorf("%s, offered: %v, agreed %v\n%s", c.name, err, a.XR, b)
		}
		_, offer := NewSide(1).Offer(terms())
		if a, err := Complete(offer, far(c.lines)); err != nil || a.XR != c.want {
			t.Errorf("%s, answered: %v, agreed %v", c.name, err, a.XR)
		}
	}
}
