package locate

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
)

func TestFailuresAreLast(t *testing.T) {
	var all []Candidate
	for i := range 4 {
		all = append(all, Candidate{netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 5060), account.UDP})
	}
	var f Failures
	now := time.Now()
	order := func(at time.Time) string {
		s := ""
		for _, c := range Last(&f, all, func(c Candidate) Candidate { return c }, at) {
			s += fmt.Sprint(c.Addr.Addr().As4()[3])
		}
		return s
	}
	if got := order(now); got != "0123" {
		t.Errorf("nothing failed: %s", got)
	}
	f.Failed(all[0], now, 0)
	f.Failed(all[2], now, 10*time.Minute)
	given := slices.Clone(all)
	if got := order(now); got != "1302" || !slices.Equal(given, all) {
		t.Errorf("two failed: %s", got)
	}
	if got := order(now.Add(ShunFor)); got != "0132" {
		t.Errorf("one asked for more: %s", got)
	}
	f.Works(all[2])
	if got := order(now); got != "1230" {
		t.Errorf("one works again: %s", got)
	}
	other := all[0]
	other.Transport = account.TCP
	if f.Shuns(other, now) {
		t.Error("another transport of it did not fail")
	}
	f.Forget()
	if got := order(now); got != "0123" {
		t.Errorf("forgotten: %s", got)
	}
	for i := range 1000 {
		f.Failed(Candidate{netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 5060), account.UDP}, now, time.Duration(i)*time.Hour)
	}
	if len(f.until) > maxShunned {
		t.Errorf("%d are remembered", len(f.until))
	}
	for _, until := range f.until {
		if until.After(now.Add(time.Hour)) {
			t.Error("one is shunned for longer than an hour")
		}
	}
}
