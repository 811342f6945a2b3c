package sip

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/sip/account"
)

// fakeMedia counts what is reserved and remembers what was applied.
type fakeMedia struct {
	mu      sync.Mutex
	next    agreement.Leg
	open    map[agreement.Leg]bool
	applied []applied
	fail    error
	delay   time.Duration
	addr    netip.Addr // of the ports; invalid: loopback
	ice     bool       // it has gathered candidates
	figures agreement.Figures
}

type applied struct {
	leg agreement.Leg
	tag string
	a   agreement.Agreed
}

func newFakeMedia() *fakeMedia { return &fakeMedia{open: map[agreement.Leg]bool{}} }

func (m *fakeMedia) Reserve(ctx context.Context, _ agreement.Needs) (agreement.Leg, agreement.Local, error) {
	if m.delay > 0 {
		select {
		case <-time.After(m.delay):
		case <-ctx.Done():
			return 0, agreement.Local{}, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, agreement.Local{}, m.fail
	}
	m.next++
	m.open[m.next] = true
	port := uint16(20000 + 2*m.next)
	lo := loopback
	if m.addr.IsValid() {
		lo = m.addr
	}
	var ice agreement.ICE
	if m.ice {
		ice = agreement.ICE{Ufrag: "ours", Pwd: "0123456789012345678901", Candidates: "1 1 udp 1 " + lo.String() + " " + strconv.Itoa(int(port)) + " typ host\n"}
	}
	return m.next, agreement.Local{
		ICE: ice,
		RTP: netip.AddrPortFrom(lo, port), RTCP: netip.AddrPortFrom(lo, port+1), SSRC: uint32(m.next),
		CNAME: "x", Codecs: []agreement.Codec{agreement.Opus, agreement.PCMU, agreement.PCMA}, Fingerprint: "sha-256 " + strings.Repeat("00:", 31) + "00",
	}, nil
}

func (m *fakeMedia) Apply(leg agreement.Leg, tag string, a agreement.Agreed) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.open[leg] {
		panic("applied to a leg that is not open")
	}
	m.applied = append(m.applied, applied{leg, tag, a})
	return nil
}

func (m *fakeMedia) Release(leg agreement.Leg) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.open[leg] {
		panic("released twice")
	}
	delete(m.open, leg)
}

func (m *fakeMedia) Figures(leg agreement.Leg) (agreement.Figures, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.figures, m.open[leg]
}

func (m *fakeMedia) legs() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.open)
}

func (m *fakeMedia) last() applied {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.applied) == 0 {
		return applied{}
	}
	return m.applied[len(m.applied)-1]
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// phone is a running agent under test.
type phone struct {
	*Agent
	t     testing.TB
	media *fakeMedia
	stop  func()
}

func config(accounts ...account.Account) Config {
	return Config{Accounts: accounts, Bind: loopback, Seed: 7, UserAgent: "Offhook/test"}
}

func direct(user string) account.Account {
	return account.Account{Label: user, User: user, Codecs: []string{"pcma", "pcmu"}, Transport: account.Auto}
}

// start runs an agent until the test ends, and checks that it gave everything back.
func start(t *testing.T, cfg Config) *phone {
	t.Helper()
	m := newFakeMedia()
	a, err := New(cfg, m)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, a, m)
}

func run(t testing.TB, a *Agent, m *fakeMedia) *phone {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	p := &phone{Agent: a, t: t, media: m}
	p.stop = sync.OnceFunc(func() {
		begin := time.Now()
		cancel()
		go func() {
			for range a.Events() {
			}
		}()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if d := time.Since(begin); d > 3*time.Second {
			t.Errorf("Run took %v to stop", d)
		}
		if n := m.legs(); n != 0 {
			t.Errorf("%d legs were not released", n)
		}
	})
	t.Cleanup(p.stop)
	return p
}

func (p *phone) do(c Command) {
	p.t.Helper()
	if !p.Do(c) {
		p.t.Fatalf("Do(%#v) refused", c)
	}
}

// want is the next event, which must be an E; Registration and Connected are passed over
// unless one is wanted.
func want[E Event](p *phone) E {
	p.t.Helper()
	return wantWithin[E](p, 5*time.Second)
}

func wantWithin[E Event](p *phone, d time.Duration) E {
	p.t.Helper()
	limit := time.NewTimer(d)
	defer limit.Stop()
	for {
		select {
		case e, ok := <-p.Events():
			if !ok {
				p.t.Fatal("events closed")
			}
			if got, ok := e.(E); ok {
				return got
			}
			switch e.(type) {
			case Registration, Connected:
				continue
			}
			var none E
			p.t.Fatalf("event %T%+v, want %T", e, e, none)
		case <-limit.C:
			var none E
			p.t.Fatalf("no event in %v, want %T", d, none)
		}
	}
}

// quiet checks that nothing but registrations happens for a while.
func (p *phone) quiet(d time.Duration) {
	p.t.Helper()
	limit := time.After(d)
	for {
		select {
		case e := <-p.Events():
			if _, ok := e.(Registration); !ok {
				p.t.Fatalf("unexpected event %T%+v", e, e)
			}
		case <-limit:
			return
		}
	}
}

func at(p *phone, user string) string { return "sip:" + user + "@" + p.local() }

func (p *phone) local() string { return netip.AddrPortFrom(loopback, uint16(p.Port())).String() }

// inside runs f on the loop and waits for it.
func (p *phone) inside(f func()) {
	done := make(chan struct{})
	if p.post(func() { f(); close(done) }) {
		<-done
	}
}
