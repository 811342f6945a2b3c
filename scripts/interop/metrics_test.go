//go:build interop

package interop

import (
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// Linphone offers and sends VoIP metrics (RFC 3611); the phone asks for them in its offers,
// believes what comes, and says at the end of the call how it sounded at both ends.
func TestLinphoneTellsHowItSounds(t *testing.T) {
	t.Parallel()
	meets(t, "linphone", "VoIP metrics in RTCP (XR)", "UDP, G.711")
	k := kamailio(t, peers.Registrar{})
	linphone(t, k, "202", func(a *peers.Account) { a.Codecs, a.AutoAnswer, a.Metrics = "PCMU", true, true })
	p := offhook(t, k, "201", func(p *peers.Phone) { p.Codecs = []string{"pcmu"} })
	line := ""
	for i, talk := range []time.Duration{15 * time.Second, 40 * time.Second} { // it reports every 2.5 to 7.5 s (RFC 3550 §6.2), and not always of the voice
		p.dial("202")
		p.see("B Hold", soon)
		time.Sleep(talk)
		p.hangUp()
		p.see("ready", soon)
		line = quality(t, p, i+1)
		t.Log(line)
		if strings.Contains(line, `"by its metrics"=true`) {
			return
		}
	}
	t.Errorf("it told nothing: %s", line)
}

// quality waits for the phone's line about its nth call: it is written once the voice has
// ended, which the display may say before.
func quality(t *testing.T, p phone, n int) string {
	t.Helper()
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var lines []string
		for _, line := range strings.Split(p.Log(), "\n") {
			if strings.Contains(line, "call quality") {
				lines = append(lines, line)
			}
		}
		if len(lines) >= n {
			return lines[n-1]
		}
	}
	t.Fatalf("no line about call %d", n)
	return ""
}
