package torture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func find(t *testing.T, name string) Message {
	t.Helper()
	all := Messages()
	i := slices.IndexFunc(all, func(m Message) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("no message %s", name)
	}
	return all[i]
}

func TestMessages(t *testing.T) {
	all := Messages()
	if len(all) != 61 {
		t.Fatalf("%d messages", len(all))
	}
	rfcs := map[string]int{}
	for _, m := range all {
		rfcs[m.RFC]++
		if sum := sha256.Sum256(m.Bytes); hex.EncodeToString(sum[:]) != m.SHA256 {
			t.Errorf("%s is not as the RFC's archive has it", m.Name)
		}
		if m.About == "" || m.Section == "" || m.Class == "" {
			t.Errorf("%s says nothing about itself", m.Name)
		}
		response := bytes.HasPrefix(m.Bytes, []byte("SIP/"))
		for _, r := range []Role{Phone, Exchange} {
			for _, n := range Networks {
				w := m.Wanted(r, n)
				if len(w) == 0 || response != (w.String() == "drop") {
					t.Errorf("%s: %v", m.Name, w)
				}
			}
		}
	}
	if d := cmp.Diff(map[string]int{"4475": 49, "5118": 12}, rfcs); d != "" {
		t.Error(d)
	}
}

func TestTableErrors(t *testing.T) {
	head := strings.ReplaceAll(columns, " ", "\t") + "\n"
	for _, c := range []struct{ table, words string }{
		{"name\n", "columns"},
		{head + "wsinv\t4475\n", "line 2: 2 columns"},
		{head + "none\t1\t1\tvalid\tx\t400\t400\t400\t400\ty\n", "line 2: open messages/none.dat"},
		{head + "wsinv\t1\t1\tvalid\tx\t400|ok\t400\t400\t400\ty\n", `"ok" is no outcome`},
		{head + "wsinv\t1\t1\tvalid\tx\t100\t400\t400\t400\ty\n", `"100" is no outcome`},
		{head + "wsinv\t1\t1\tvalid\tx\tdrop+close\t400\t400\t400\ty\n", `"drop+close" is no outcome`},
	} {
		if _, err := parse(c.table); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%q: %v", c.table, err)
		}
	}
}

func TestWanted(t *testing.T) {
	for _, c := range []struct {
		want    string
		got     Outcome
		text    string
		accepts bool
	}{
		{"400", Outcome{Final: 400}, "400", true},
		{"400", Outcome{Final: 400, Closed: true}, "400+close", false},
		{"400+close", Outcome{Final: 400, Closed: true}, "400+close", true},
		{"400", Outcome{Final: 400, Deaf: true}, "400+deaf", false},
		{"ring|481", Outcome{Rang: true, Final: 487}, "ring", true},
		{"ring|481", Outcome{Final: 481}, "481", true},
		{"ring", Outcome{Final: 487}, "487", false},
		{"drop", Outcome{}, "drop", true},
		{"drop", Outcome{Closed: true}, "close", false},
		{"wait", Outcome{Deaf: true}, "wait", true},
		{"close|wait", Outcome{Closed: true}, "close", true},
		{"served", Outcome{Final: 407}, "407", true},
		{"served", Outcome{Rang: true, Final: 487}, "ring", true},
		{"served", Outcome{Final: 407, Closed: true}, "407+close", false},
		{"served", Outcome{Final: 400}, "400", false},
		{"served", Outcome{Final: 500}, "500", false},
		{"served", Outcome{}, "drop", false},
	} {
		w, err := wanted(c.want)
		if err != nil {
			t.Fatal(err)
		}
		if w.Accepts(c.got) != c.accepts || c.got.String() != c.text {
			t.Errorf("%s: %v is accepted: %v", c.want, c.got, !c.accepts)
		}
	}
	for s, silent := range map[string]bool{"drop": true, "wait|close": true, "close|400+close": false, "served": false} {
		if w, _ := wanted(s); w.Silence() != silent {
			t.Errorf("%s", s)
		}
	}
}

func TestSibling(t *testing.T) {
	got := string(sibling(find(t, "wsinv").Bytes, "CANCEL"))
	for _, want := range []string{
		"CANCEL sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n", "\r\ncseq: 0009\r\n  CANCEL\r\n", "\r\nContent-Length: 0\r\n\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "INVITE") || strings.Contains(got, "m=audio") || strings.Contains(got, "application") {
		t.Errorf("%s", got)
	}
}

func TestSentBy(t *testing.T) {
	for name, want := range map[string]int{
		"mpart01": 5070, "quotbal": 5050, "mult-ip-in-header": 6050, "ipv4-mapped-ipv6": 19823,
		"ipv6-good": 5060, "esc01": 5060, "insuf": 5060, "badaspec": 5060,
	} {
		if got := sentBy(find(t, name).Bytes); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestWithRport(t *testing.T) {
	for name, want := range map[string]string{
		"esc01":             ";branch=z9hG4bKkdjuw;rport\r\nC: ",
		"wsinv":             "branch=390skdjuw;rport\r\n",
		"badinv01":          "192.0.2.15;;;rport,;,,\r\n",
		"mult-ip-in-header": ":6050;branch=z9hG4bKas3-111;rport\r\n",
		"transports":        ";branch=z9hG4bKkdjuw;rport\r\nVia: SIP/2.0/SCTP",
	} {
		m := find(t, name).Bytes
		if got := withRport(m); !bytes.Contains(got, []byte(want)) || len(got) != len(m)+len(";rport") {
			t.Errorf("%s: no %q in\n%s", name, want, got)
		}
	}
	if got := withRport([]byte("OPTIONS sip:a SIP/2.0\r\nX-V: 1\r\nVx: 2\r\n\r\n")); bytes.Contains(got, []byte("rport")) {
		t.Errorf("%s", got)
	}
}
