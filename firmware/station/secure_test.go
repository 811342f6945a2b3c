package station

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/media"
	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip"
)

// The lock comes and goes with what the agent says of a call, and a voice that cannot be
// secured ends the call: with words, and with no other call.
func TestSecureCall(t *testing.T) {
	onDesk(t, func(d *desk) {
		d.lift(true)
		for _, k := range []string{"2", "0", "2"} {
			d.press(k)
		}
		d.agent.take()
		opus := agreement.Agreed{Codec: agreement.Opus}
		d.signal(sip.Answered{Call: 1, Leg: 9, Agreed: opus, Secure: true})
		d.wants(d.lcd(), "Opus  secure   00:00")
		d.signal(sip.Renegotiated{Call: 1, Agreed: agreement.Agreed{Codec: agreement.PCMA}})
		d.wants(d.lcd(), "PCMA           00:00")
		d.signal(sip.Renegotiated{Call: 1, Agreed: opus, Secure: true})
		d.wants(d.lcd(), "Opus  secure   00:00")
		d.engine.events <- media.Routed{Leg: 8, Pair: agreement.Pair{Ufrag: "abcd"}}
		synctest.Wait()
		if got := d.agent.take(); !strings.Contains(got, `Routed{Leg:0x8, Pair:`) || !strings.Contains(got, `Ufrag:"abcd"`) {
			t.Errorf("the way that was found: %s", got)
		}
		d.engine.events <- media.Failed{Leg: 8, Words: "Voice not secure"}
		synctest.Wait()
		if got := d.agent.take(); got != "" {
			t.Errorf("a leg that is no call's: %s", got)
		}
		d.engine.events <- media.Failed{Leg: 9, Words: "Voice not secure"}
		synctest.Wait()
		d.wants(d.agent.take(), `HangUp{Call:0x1, Words:"Voice not secure"}`)
		d.signal(sip.Ended{Call: 1, Code: 200, Words: "Voice not secure"})
		d.wants(d.lcd(), "Voice not secure")
	})
}
