package station

import (
	"testing"
	"testing/synctest"

	"github.com/offhook/offhook/sip"
)

// Each script is told what became of its own text, once, in whatever order the outcomes come;
// one that cannot be sent is told at once, and at the end all who still wait.
func TestTexting(t *testing.T) {
	var early, late string
	onDesk(t, func(d *desk) {
		send := func(number string, told *string) {
			d.texts <- Texting{Number: number, Words: "Lunch?", Done: func(err error) {
				if *told += "sent;"; err != nil {
					*told = err.Error() + ";"
				}
			}}
			synctest.Wait()
		}
		var first, second, third string
		send("202", &first)
		d.wants(d.agent.take(), `SendText{Text:0x1, Account:0, Target:"202", Words:"Lunch?"}`)
		send("299", &second)
		if first+second != "" {
			t.Errorf("told before anything is known: %q, %q", first, second)
		}
		d.signal(sip.TextDone{Text: 2, Code: 404, Words: "No such number"})
		d.signal(sip.TextDone{Text: 1, Code: 200})
		d.signal(sip.TextDone{Text: 1, Code: 500}) // of no meaning any more
		if first != "sent;" || second != "text not sent: No such number (404);" {
			t.Errorf("told %q and %q", first, second)
		}
		d.signal(sip.Registration{State: sip.Refused, Code: 403, Words: "login refused"})
		send("203", &third)
		if third != "text not sent: Home: login refused (403);" {
			t.Errorf("told %q", third)
		}
		d.signal(sip.Registration{State: sip.Registered})
		send("204", &early)
		send("205", &late)
	})
	for _, told := range []string{early, late} {
		if told != errUnknown.Error()+";" {
			t.Errorf("told %q at the end", told)
		}
	}
}
