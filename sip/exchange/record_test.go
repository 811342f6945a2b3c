package exchange

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// memory is a Keeper for tests; while bad, it fails.
type memory struct {
	mu    sync.Mutex
	texts map[string]string
	bad   bool
	saves int
}

func (m *memory) Load() (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.texts), nil
}

func (m *memory) Save(changes map[string]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saves++
	if m.bad {
		return errors.New("disk full")
	}
	if m.texts == nil {
		m.texts = map[string]string{}
	}
	for user, text := range changes {
		m.texts[user] = text
		if text == "" {
			delete(m.texts, user)
		}
	}
	return nil
}

// begin runs an exchange that the test ends itself.
func begin(t *testing.T, c Config) (x *Exchange, end func()) {
	t.Helper()
	x, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	var once sync.Once
	end = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(end)
	return x, end
}

// A phone is called after a restart of the exchange, though it has not registered since.
func TestRestart(t *testing.T) {
	keeper := &memory{}
	c := Config{Users: map[string]string{"201": "one", "202": "two"}, Keeper: keeper}
	x, end := begin(t, c)
	b := registered(t, x.Addr(), "udp", "202", "two")
	registered(t, x.Addr(), "tcp", "202", "two") // its flow does not outlast the exchange
	end()
	if len(keeper.texts) != 1 || strings.Contains(keeper.texts["202"], "tcp") {
		t.Fatalf("kept: %q", keeper.texts)
	}

	c.Listen = x.Addr()
	x, end = begin(t, c)
	if n := x.Bindings(); n != 1 {
		t.Fatalf("%d bindings", n)
	}
	a := registered(t, x.Addr(), "udp", "201", "one")
	a.invite("202", "")
	b.answer(b.waitFor("^INVITE "), "180 Ringing", "")
	a.waitFor("^SIP/2.0 180")
	b.ask("REGISTER", "sip:offhook", "sip:202@offhook", "Contact: *\r\nExpires: 0\r\n", "200")
	end()
	if _, there := keeper.texts["202"]; there || keeper.texts["201"] == "" {
		t.Errorf("kept: %q", keeper.texts)
	}

	delete(c.Users, "201") // a user who is no more keeps no place
	if x, _ = begin(t, c); x.Bindings() != 0 {
		t.Errorf("%d bindings", x.Bindings())
	}
}

// What could not be saved is saved later.
func TestDiskFull(t *testing.T) {
	keeper := &memory{bad: true}
	x, end := begin(t, Config{Users: map[string]string{"201": "one"}, Keeper: keeper})
	registered(t, x.Addr(), "udp", "201", "one")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		keeper.mu.Lock()
		tried := keeper.saves > 0
		if tried {
			keeper.bad = false
		}
		keeper.mu.Unlock()
		if tried {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was saved")
		}
	}
	end()
	if keeper.texts["201"] == "" {
		t.Error("what failed once was never saved")
	}
}

func TestRecord(t *testing.T) {
	l := limits{max: time.Hour, contacts: 3}
	all := []binding{
		{contact: contact{uri: uri(t, "sip:201@10.0.0.1:5071;x=y"), q: 250, instance: "<urn:uuid:1>", regID: 2}, flow: at(5071),
			path: []string{"sip:10.0.0.9;lr;ob"}, callID: "a", cseq: 7, until: epoch.Add(time.Minute), user: "201", name: `Ann "A`},
		{contact: contact{uri: uri(t, "sip:201@10.0.0.2"), q: 1000}, flow: at(5072), callID: "b", cseq: 1, until: epoch.Add(time.Hour), user: "201"},
		{contact: contact{uri: uri(t, "sip:201@10.0.0.3"), q: 1000}, flow: flow{"TCP", at(5073).addr}, callID: "c", cseq: 1, until: epoch.Add(time.Hour), user: "201"},
	}
	text := encode(all)
	got, err := decode("201", text, epoch, l)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(list(all[:2], epoch), list(got, epoch)); d != "" {
		t.Error(d)
	}
	if a, b := all[0], got[0]; a.instance != b.instance || a.regID != b.regID || a.flow != b.flow || a.path[0] != b.path[0] || a.callID != b.callID || a.cseq != b.cseq || a.name != b.name || b.user != "201" {
		t.Errorf("%+v", b)
	}
	if got, _ := decode("201", text, epoch.Add(2*time.Minute), l); len(got) != 1 {
		t.Errorf("%d are left after two minutes", len(got))
	}
	if got, _ := decode("201", text, epoch.AddDate(-50, 0, 0), l); len(got) != 2 || got[1].until.Sub(epoch.AddDate(-50, 0, 0)) != time.Hour {
		t.Errorf("with a clock that stands: %v", got)
	}
	if encode(all[2:]) != "" {
		t.Error("a connection was kept")
	}
	for _, bad := range []string{"", "-", "{}", `[{"contact":"tel:1","addr":"127.0.0.1:1"}]`, `[{"contact":"sip:a@b","addr":"b"}]`,
		`[{"contact":"sip:a@b","addr":"127.0.0.1:1","q":1001}]`, `[{"contact":"sip:a@b","addr":"127.0.0.1:1","path":["x"]}]`} {
		if got, err := decode("201", bad, epoch, l); err == nil {
			t.Errorf("%q gives %v", bad, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode([]binding{{contact: contact{uri: uri(f, "sip:201@10.0.0.1"), q: 1}, flow: at(5071), until: epoch.Add(time.Minute)}}))
	f.Fuzz(func(t *testing.T, text string) {
		l := limits{max: time.Hour, contacts: 3}
		all, err := decode("201", text, epoch, l)
		if err != nil || len(all) == 0 {
			return
		}
		again, err := decode("201", encode(all), epoch, l)
		if err != nil || cmp.Diff(list(all, epoch), list(again, epoch)) != "" {
			t.Errorf("%q comes back as %q, %v", list(all, epoch), list(again, epoch), err)
		}
	})
}
