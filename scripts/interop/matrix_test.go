package interop

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMatrix(t *testing.T) {
	var m Matrix
	if !m.Empty() {
		t.Error("nothing was met yet")
	}
	m.Add(Meeting{Peer: "linphone", Did: "calls", Over: "TLS", Test: "TestA"})
	m.Add(Meeting{Peer: "baresip", Did: "calls", Over: "TLS", Test: "TestB", Fail: true})
	m.Add(Meeting{Peer: "baresip", Did: "calls", Over: "TLS", Test: "TestC"}) // the failure stands
	m.Add(Meeting{Peer: "baresip", Did: "answers", Test: "TestD"})
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	got, err := m.Page("above\n"+Begin+"\nold\n"+End+"\nbelow\n", day, map[string]string{"baresip": "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	want := "above\n" + Begin + `
The run of 27 November 2026, against baresip 1.0.0, linphone. "–": not tried with this peer.

| Offhook | over | baresip | linphone |
|---|---|---|---|
| answers |  | yes | – |
| calls | TLS | **failed**: ` + "`TestB`" + ` | yes |
` + End + "\nbelow\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := m.Page("no place", day, nil); err == nil {
		t.Error("a page without a place for it was written")
	}
}
