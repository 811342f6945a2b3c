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
	meets(t, "linphone", "VoIP metrics in RTCP (XR)", "UDP, G.711")
	k := kamailio(t, peers.Registrar{})
	linphone(t, k, "202", func(a *peers.Account) { a.Codecs, a.AutoAnswer, a.Metrics = "PCMU", true, true })
	p := offhook(t, k, "201", func(p *peers.Phone) { p.Codecs = []string{"pcmu"} })
	p.dial("202")
	p.see("B Hold", 10*time.Second)
	time.Sleep(15 * time.Second) // three of its reports
	p.hangUp()
	p.see("ready", 5*time.Second)
	for _, line := range strings.Split(p.Log(), "\n") {
		if strings.Contains(line, "call quality") {
			if !strings.Contains(line, `"by its metrics"=true`) && !strings.Contains(line, `"by its metrics":true`) {
				t.Errorf("it told nothing: %s", line)
			}
			t.Log(line)
			return
		}
	}
	t.Error("no line about the call")
}
