//go:build interop

package interop

import (
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// Digits in the dialog (INFO), towards either peer and from linphone, which can send them so;
// a key that is held is a long event to baresip, with one beginning and one end.
func TestDigitsByINFO(t *testing.T) {
	t.Parallel()
	info := func(p *peers.Phone) { p.More = "dtmf = \"info\"\n" }
	t.Run("baresip", func(t *testing.T) {
		t.Parallel()
		meets(t, "baresip", "sends digits by INFO", "UDP")
		k := kamailio(t, peers.Registrar{})
		b := baresip(t, k, "202", func(a *peers.Account) { a.AutoAnswer = true })
		p := offhook(t, k, "201", info)
		p.dial("202")
		await(t, b, soon, "CALL_ESTABLISHED")
		p.see("B Hold", soon)
		p.must(p.Tap("73*#"))
		for _, digit := range []string{"7", "3", "*", "#"} {
			if e := await(t, b, soon, "CALL_DTMF_START"); e.Param != digit {
				t.Errorf("it took %q, not %q", e.Param, digit)
			}
		}
		p.hangUp()
		await(t, b, soon, "CALL_CLOSED")
	})
	t.Run("linphone", func(t *testing.T) {
		t.Parallel()
		meets(t, "linphone", "sends digits by INFO", "UDP")
		meets(t, "linphone", "takes digits by INFO", "UDP")
		k := kamailio(t, peers.Registrar{})
		o := &byLinphone{t, linphone(t, k, "202", func(a *peers.Account) { a.AutoAnswer, a.Info = true, true })}
		p := offhook(t, k, "201", info)
		p.dial("202")
		o.standing()
		p.see("B Hold", soon)
		for _, digit := range []string{"7", "3", "#"} {
			p.must(p.Tap(digit))
			o.says("Signal=" + digit)
			o.says("notified [dtmf_received]")
		}
		o.press("42*")
		p.hears("42*", soon)
		p.hangUp()
		o.over()
	})
}

// A key that is held for two seconds is one event of two seconds.
func TestHeldKey(t *testing.T) {
	t.Parallel()
	meets(t, "baresip", "holds a key: one long event (RFC 4733)", "UDP")
	k := kamailio(t, peers.Registrar{})
	b := baresip(t, k, "202", func(a *peers.Account) { a.AutoAnswer = true })
	p := offhook(t, k, "201", nil)
	p.dial("202")
	await(t, b, soon, "CALL_ESTABLISHED")
	p.see("B Hold", soon)
	const held = 2 * time.Second
	pressed := time.Now()
	p.must(p.Press('5'))
	began := await(t, b, soon, "CALL_DTMF_START")
	time.Sleep(held)
	p.must(p.Release('5'))
	most := time.Since(pressed) + time.Second
	ended := await(t, b, soon, "CALL_DTMF_END", "CALL_DTMF_START")
	if began.Param != "5" || ended.Type != "CALL_DTMF_END" {
		t.Errorf("%+v, then %+v", began, ended)
	}
	if d := ended.At.Sub(began.At); d < held-500*time.Millisecond || d > most {
		t.Errorf("it lasted %v there", d)
	}
	p.hangUp()
	await(t, b, soon, "CALL_CLOSED")
}
