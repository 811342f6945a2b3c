package main

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
)

// At its most talkative, the log of a whole phone tells no password, nothing that one could
// be guessed from, and no key that was pressed in a call; nor does the trace.
func TestTheLogTellsNoSecret(t *testing.T) {
	t.Parallel()
	at, seen := pbx(t)
	dir := t.TempDir()
	s := quiet(dir)
	s["log.level"] = `"debug"`
	s["admin.panel_token"] = `'a token nobody tells'`
	account := strings.ReplaceAll(accountOf("201", at), "password = '201'", `password = "201"`)
	r := start(t, dir, s.file(account), outside{})
	r.sees(`ready`)
	r.calls("600#")
	r.sees(`Opus`)
	r.echoes("7294068#")
	r.desk.askReload()
	r.eventually("takes the settings", func() bool { return strings.Contains(r.log.String(), "the new settings are in use") })
	r.hangsUp()
	_, traced, _ := run("trace", "-socket="+r.place.socket)
	told := r.log.String() + traced
	for _, m := range r.desk.trace.ring.Messages() {
		told += m.Text
	}
	for _, m := range seen.Messages() {
		told += m.Text
	}
	if !strings.Contains(told, "level=DEBUG") || !strings.Contains(told, "Authorization: Digest") {
		t.Fatalf("the test proves nothing:\n%s", told)
	}
	for _, secret := range []string{
		"a token nobody tells", "response=\"", "cnonce=\"", "inline:a", `Password`, "7294068",
		fmt.Sprintf("%x", md5.Sum([]byte("201:exchange.internal:201"))),
		fmt.Sprintf("%x", sha256.Sum256([]byte("201:exchange.internal:201"))),
	} {
		if strings.Contains(told, secret) {
			t.Errorf("%q is told", secret)
		}
	}
	if i := strings.Index(told, "Digit:"); i >= 0 {
		t.Errorf("a key is told: %s", told[max(i-60, 0):min(i+60, len(told))])
	}
}
