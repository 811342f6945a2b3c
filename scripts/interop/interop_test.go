//go:build interop

package interop

import (
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
	"github.com/offhook/offhook/scripts/vcard"
)

func kamailio(t *testing.T, r peers.Registrar) *peers.Kamailio {
	t.Helper()
	k, err := peers.StartKamailio(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		k.Stop()
		if t.Failed() {
			t.Logf("kamailio:\n%s", k.Log())
		}
	})
	return k
}

// baresip starts one for user of k, with what change makes of its account.
func baresip(t *testing.T, k *peers.Kamailio, user string, change func(*peers.Account)) *peers.Baresip {
	t.Helper()
	a := peers.Account{User: user, Domain: k.Domain, Password: peers.Password(user), Proxy: k.Addr, Register: true}
	if change != nil {
		change(&a)
	}
	b, err := peers.StartBaresip(t.TempDir(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Stop()
		if t.Failed() {
			t.Logf("baresip %s:\n%s", user, b.Log())
		}
	})
	return b
}

func do(t *testing.T, b *peers.Baresip, command, params string) {
	t.Helper()
	if _, err := b.Do(command, params); err != nil {
		t.Fatal(err)
	}
}

func await(t *testing.T, b *peers.Baresip, d time.Duration, types ...string) peers.Event {
	t.Helper()
	e, err := b.Await(d, types...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A head has a mouth and an ear: a test card, on one time line with the others.
type head struct {
	env     []string
	in, out string // files with %d for the rate
	log     string
}

func newHead(t *testing.T, epoch vcard.Instant) head {
	t.Helper()
	dir := t.TempDir()
	h := head{in: dir + "/in.%d.raw", out: dir + "/out.%d.raw", log: dir + "/log"}
	var err error
	h.env, err = vcard.Setup(dir, vcard.Config{In: h.in, Out: h.out, Log: h.log, Epoch: epoch})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
