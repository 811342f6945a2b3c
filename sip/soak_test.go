//go:build soak

package sip

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/offhook/offhook/sip/account"
	"github.com/offhook/offhook/sip/exchange"
	"github.com/offhook/offhook/sip/ingress"
)

// How the soak goes.
const (
	soakSites = 16 // that call at a time
	soakCalls = 10000
	// soakRest is how long transactions end and are forgotten: Timer J's 32 s at the phones
	// and at the exchange, which clears what lingers twice a minute.
	soakRest = 70 * time.Second
)

// Phones in one process, at an exchange in the same, make 10,000 calls in every way that
// ends one, 16 at a time. After each quarter, at rest, nothing is more than after the first.
//
//	go test -tags=nolibopusfile,soak -run SoakOfAgents -v ./sip    SOAK_CALLS=10000
func TestSoakOfAgents(t *testing.T) {
	calls := soakCalls
	if text := os.Getenv("SOAK_CALLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("SOAK_CALLS=%s: want how many calls", text)
		}
		calls = n
	}
	s := newSoak(t)
	s.work(len(soakWays)) // each way at each site once: what stays has been made
	all := []footing{s.rest()}
	start := int(s.done.Load())
	for quarter := 1; quarter <= 4 && !t.Failed(); quarter++ {
		for goal := start + calls*quarter/4; int(s.done.Load()) < goal && !t.Failed(); {
			s.work(min(len(soakWays), 1+(goal-int(s.done.Load()))/(2*soakSites)))
		}
		all = append(all, s.rest())
	}
	t.Logf("%d calls after a warm-up of %d, %d sites of %d phones\n%s", all[len(all)-1].calls-start, start, soakSites, seats, soakTable(all))
	t.Logf("calls by way: %s", s.tally())
	if t.Failed() {
		return
	}
	for _, wrong := range judgeFootings(all) {
		t.Error(wrong)
	}
	if t.Failed() {
		t.Logf("goroutines that came and went since the warm-up:\n%s", changed(all[0].stacks, all[len(all)-1].stacks))
	}
}

// A soak is an exchange and its sites.
type soak struct {
	t     *testing.T
	x     *exchange.Exchange
	sites []*site
	done  atomic.Int64
}

func newSoak(t *testing.T) *soak {
	users := map[string]string{}
	for i := range soakSites {
		for seat := range seats - 1 {
			users[extension(i, seat)] = "hook-" + extension(i, seat)
		}
	}
	plenty := ingress.Limits{PerSource: 1e6, SourceBurst: 1e6, Total: 1e6, TotalBurst: 1e6, Conns: 1000, ConnsPerSource: 1000, Peers: 1000}
	x, err := exchange.New(exchange.Config{Users: users, Limits: plenty})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("exchange: %v", err)
		}
	})
	s := &soak{t: t, x: x}
	transports := []account.Transport{account.Auto, account.UDP, account.TCP}
	for i := range soakSites {
		f := &site{t: t, index: i, next: i, ids: 1, made: map[string]int{}}
		for seat := range f.seats {
			acc := direct(extension(i, min(seat, seats-2))) // the last two share a number
			acc.Domain, acc.Transport, acc.Expires = x.Addr().String(), transports[(i+seat)%3], time.Hour
			acc.Password = users[acc.User]
			f.seats[seat] = start(t, config(acc))
		}
		for _, p := range f.seats {
			await(f, p, func(e Registration) bool { return e.State == Registered })
		}
		s.sites = append(s.sites, f)
	}
	return s
}

// work lets every site go n ways on, side by side.
func (s *soak) work(n int) {
	var wait sync.WaitGroup
	for _, f := range s.sites {
		wait.Go(func() {
			for range n {
				if s.t.Failed() {
					return
				}
				way := soakWays[f.next%len(soakWays)]
				f.next++
				f.way = way.name
				way.run(f)
				f.made[way.name] += way.calls
				s.done.Add(int64(way.calls))
			}
		})
	}
	wait.Wait()
}

// rest waits until everything has ended and looks.
func (s *soak) rest() footing {
	if s.t.Failed() {
		return footing{}
	}
	time.Sleep(soakRest)
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		s.t.Fatal(err)
	}
	f := footing{
		calls: int(s.done.Load()), goroutines: runtime.NumGoroutine(), files: len(files),
		tables: s.x.Bindings() + transactions(reflect.ValueOf(s.x).Elem().FieldByName("ua").Elem().FieldByName("tx")),
		heap:   int64(m.HeapAlloc), objects: int64(m.HeapObjects), stacks: stacks(),
	}
	for _, site := range s.sites {
		for _, p := range site.seats {
			f.tables += transactions(reflect.ValueOf(p.tx))
			p.awaited.Range(func(any, any) bool { f.tables++; return true })
			p.inside(func() {
				f.tables += len(p.calls) + len(p.ghosts) + len(p.dialogs) + len(p.invites) + len(p.referrals)
			})
			f.tables += p.media.legs()
			p.media.mu.Lock()
			p.media.applied = nil // the fake remembers for those who ask
			p.media.mu.Unlock()
		}
	}
	return f
}

// transactions counts those of sipgo's layer, which tells nobody.
func transactions(layer reflect.Value) (n int) {
	for _, side := range []string{"clientTransactions", "serverTransactions"} {
		n += layer.Elem().FieldByName(side).Elem().FieldByName("items").Len()
	}
	return n
}

// soakTable is the footings as Markdown.
func soakTable(all []footing) string {
	var b strings.Builder
	b.WriteString("| calls | goroutines | open files | rows of tables | live heap | live objects |\n|---:|---:|---:|---:|---:|---:|\n")
	for _, f := range all {
		fmt.Fprintf(&b, "| %d | %d | %d | %d | %.2f MB | %d |\n", f.calls, f.goroutines, f.files, f.tables, float64(f.heap)/1e6, f.objects)
	}
	return b.String()
}

func (s *soak) tally() string {
	var words []string
	for _, way := range soakWays {
		n := 0
		for _, f := range s.sites {
			n += f.made[way.name]
		}
		words = append(words, fmt.Sprintf("%s %d", way.name, n))
	}
	return strings.Join(words, ", ")
}
