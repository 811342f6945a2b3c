package main

import (
	"strings"
	"testing"
	"time"
)

// A whole phone whose account names a collector: when the call has ended, its server is given
// a report for it of how the call sounded.
func TestTheCollectorIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, quiet(dir).file("user = \"201\"\ndomain = \"exchange.internal\"\npassword = '201'\nquality_report = \"sip:quality@exchange.internal\""), outside{})
	r.sees(`ready`)
	r.calls("600")
	r.sees(talking)
	r.hangsUp()
	report := ""
	for end := time.Now().Add(soon); report == "" && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, m := range r.desk.trace.ring.Messages() {
			if text := m.Text; strings.HasPrefix(text, "PUBLISH ") {
				report = text
			}
		}
	}
	for _, part := range []string{
		"\nPUBLISH sip:quality@exchange.internal SIP/2.0\n", "\nEvent: vq-rtcpxr\n", "\nVQSessionReport: CallTerm\n", "\nRemoteID: <sip:600@",
		" PD=OPUS SR=48000 FD=20 ", "\nPacketLoss: NLR=", "\nQualityEst: RCQ=",
	} {
		if !strings.Contains("\n"+report, part) {
			t.Errorf("lacks %q:\n%s", part, report)
		}
	}
}
