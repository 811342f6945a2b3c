//go:build interop

package interop

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// An other is the far end of a call, whatever program it is.
type other interface {
	call(uri string)
	answer()
	hold()
	resume()
	hangUp()
	press(digits string)
	transfer(uri string) // the only call
	standing()           // waits for the call to stand
	held()               // waits until it knows that the phone holds it; nothing where it does not tell
	takenBack()          // the same for the end of that: who pauses before holds nobody
	over()               // waits for the end of the call
}

// others are the programs that calls are tried with, by name.
var others = map[string]func(*testing.T, *peers.Kamailio, string, func(*peers.Account)) other{
	"baresip": func(t *testing.T, k *peers.Kamailio, user string, change func(*peers.Account)) other {
		return &byBaresip{t, baresip(t, k, user, change)}
	},
	"linphone": func(t *testing.T, k *peers.Kamailio, user string, change func(*peers.Account)) other {
		return &byLinphone{t, linphone(t, k, user, change)}
	},
}

type byBaresip struct {
	t *testing.T
	b *peers.Baresip
}

func (o *byBaresip) call(uri string)     { do(o.t, o.b, "dial", uri) }
func (o *byBaresip) answer()             { do(o.t, o.b, "accept", "") }
func (o *byBaresip) hold()               { do(o.t, o.b, "hold", "") }
func (o *byBaresip) resume()             { do(o.t, o.b, "resume", "") }
func (o *byBaresip) hangUp()             { do(o.t, o.b, "hangup", "") }
func (o *byBaresip) press(digits string) { do(o.t, o.b, "sndcode", digits) }
func (o *byBaresip) transfer(uri string) { do(o.t, o.b, "transfer", uri) }
func (o *byBaresip) standing()           { await(o.t, o.b, soon, "CALL_ESTABLISHED") }
func (o *byBaresip) held()               {}
func (o *byBaresip) takenBack()          {}
func (o *byBaresip) over()               { await(o.t, o.b, soon, "CALL_CLOSED") }

type byLinphone struct {
	t *testing.T
	l *peers.Linphone
}

func (o *byLinphone) says(words string) {
	o.t.Helper()
	if err := o.l.Await(soon, words); err != nil {
		o.t.Fatal(err)
	}
}

func (o *byLinphone) call(uri string) { typed(o.t, o.l, "call "+uri, "") }
func (o *byLinphone) answer()         { typed(o.t, o.l, "answer", "") }
func (o *byLinphone) hold()           { typed(o.t, o.l, "pause", "to LinphoneCallPaused\n") }
func (o *byLinphone) resume()         { typed(o.t, o.l, "resume", "to LinphoneCallStreamsRunning") }
func (o *byLinphone) hangUp()         { typed(o.t, o.l, "terminate", "") }
func (o *byLinphone) press(digits string) {
	for _, d := range digits {
		typed(o.t, o.l, string(d), "")
		time.Sleep(300 * time.Millisecond)
	}
}
func (o *byLinphone) transfer(uri string) { typed(o.t, o.l, "transfer 1 "+uri, "") }
func (o *byLinphone) standing()           { o.says("to LinphoneCallStreamsRunning") }
func (o *byLinphone) held()               { o.says("to LinphoneCallPausedByRemote") }
func (o *byLinphone) takenBack()          { o.says("to LinphoneCallStreamsRunning") }
func (o *byLinphone) over()               { o.says("to LinphoneCallReleased") }

// with runs a test against each of the others, beside whatever else needs no quiet.
func with(t *testing.T, f func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other)) {
	for name, start := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, name, func(k *peers.Kamailio, user string, change func(*peers.Account)) other {
				return start(t, k, user, change)
			})
		})
	}
}

// Hold from both ends, digits from both ends, and the end of the call from there.
func TestHoldsAndDigits(t *testing.T) {
	t.Parallel()
	with(t, func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other) {
		meets(t, name, "holds and takes back; is held and taken back; digits both ways", "UDP")
		k := kamailio(t, peers.Registrar{})
		o := start(k, "202", func(a *peers.Account) { a.AutoAnswer = true })
		p := offhook(t, k, "201", nil)
		p.dial("202")
		o.standing()
		p.see("B Hold", soon)

		p.must(p.Tap("B"))
		p.see("Held ", soon)
		o.held()
		p.must(p.Tap("B"))
		p.see("B Hold", soon)
		o.takenBack()

		o.hold()
		p.see("Held there", soon)
		o.resume()
		p.see("(Opus|PCM.).* 00:", soon)

		p.must(p.Tap("73"))
		o.press("42")
		p.hears("42", soon)
		o.hangUp()
		o.over()
		p.see("Call ended", soon)
		p.hangUp()
		p.see("ready", soon)
	})
}

// hears waits until the far end has sent the digits.
func (p phone) hears(digits string, d time.Duration) {
	p.t.Helper()
	got := ""
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		s, err := p.State()
		p.must(err)
		if got = s.Info.Digits; got == digits {
			return
		}
	}
	p.t.Fatalf("the far end's digits are %q, not %q", got, digits)
}

// What a server may say no with: the words of the display, with the code behind them.
func TestRefusals(t *testing.T) {
	t.Parallel()
	k := kamailio(t, peers.Registrar{})
	p := offhook(t, k, "201", nil)
	for _, c := range []struct {
		code  int
		words string
	}{{486, "Busy"}, {404, "No such number"}, {403, "Not allowed"}, {480, "(?i)(not )?(un)?available"}, {503, "."}, {603, "Declined"}, {604, "No such number"}} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			meets(t, "Kamailio", "is told why a call failed, in words", "UDP")
			p := phone{p.Offhook, t}
			p.dial(fmt.Sprint("8", c.code))
			p.see(c.words+`(.|\n)*\(`+fmt.Sprint(c.code), soon)
			p.hangUp()
			p.see("ready", soon)
		})
	}
}

// Two phones of one user ring, the other one takes the call: nothing was missed here.
func TestTakenElsewhere(t *testing.T) {
	t.Parallel()
	with(t, func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other) {
		meets(t, name, "takes a call that rings here as well: not missed", "UDP, forked by Kamailio")
		k := kamailio(t, peers.Registrar{})
		o := start(k, "team1", nil)
		mine := offhook(t, k, "team1", nil)
		caller := offhook(t, k, "203", func(p *peers.Phone) { p.SIPPort = 0 })
		caller.must(caller.Hook(true))
		caller.must(caller.Tap("5001#"))
		mine.see("calls (you|for)", soon)
		o.answer()
		caller.see("B Hold", soon)
		mine.see("ready", soon)
		if lcd, err := mine.LCD(); err != nil || strings.Contains(lcd.String(), "missed") {
			t.Errorf("%v: the display says\n%s", err, lcd)
		}
		caller.hangUp()
		o.over()
	})
}

// A redirect by the server, and a team whose other phone takes the call.
func TestRedirected(t *testing.T) {
	t.Parallel()
	with(t, func(t *testing.T, name string, start func(*peers.Kamailio, string, func(*peers.Account)) other) {
		meets(t, name, "is redirected there by Kamailio (302)", "UDP")
		k := kamailio(t, peers.Registrar{})
		o := start(k, "202", func(a *peers.Account) { a.AutoAnswer = true })
		p := offhook(t, k, "201", nil)
		p.dial("9202")
		o.standing()
		p.see("B Hold", soon)
		p.hangUp()
		o.over()
	})
}
