//go:build soak

package soak

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// settings of the phones beside the usual: numbers are whole after three digits, and the
// handset need not rest for a second before it has hung up.
const settings = "[dial]\ndigit_map = \"[2-6]xx\"\n\n[board.hook]\nflash_max = \"300ms\"\n"

// maxPairs is bounded by the extensions' 32 calls and by the numbers up to 298.
const maxPairs = 24

// mostFailures end the soak.
const mostFailures = 5

// A world is an exchange and pairs of phones that call each other, side by side.
type world struct {
	t        *testing.T
	exchange *program
	pairs    []*pair
	done     atomic.Int64
	failed   atomic.Int64
	begun    time.Time
}

func TestSoak(t *testing.T) {
	calls, pairs := asked(t, "SOAK_CALLS", 150, 1e6), asked(t, "SOAK_PAIRS", 1, maxPairs)
	w := open(t, pairs)
	w.begun = time.Now()
	var wait sync.WaitGroup
	for i, p := range w.pairs {
		wait.Go(func() { p.soak((calls + i) / pairs) })
	}
	wait.Wait()
	took := time.Since(w.begun).Round(time.Second)
	garbage, connections := 0, 0
	for _, p := range w.pairs {
		garbage, connections = garbage+p.garbage, connections+p.connections
	}
	t.Logf("%d calls of %d pairs in %v, %d went wrong; %d datagrams of garbage, %d connections", w.done.Load(), pairs, took, w.failed.Load(), garbage, connections)
	w.judge()
	if w.failed.Load() == 0 {
		w.remember()
	}
	calls, failed := int(w.done.Load()), int(w.failed.Load())
	t.Logf("in Markdown:\n\n%s", w.markdown(calls, failed, garbage, connections, took))
}

// asked is a number from the environment.
func asked(t *testing.T, name string, usual, most int) int {
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		t.Fatalf("%s=%s: want a number from 1 to %d", name, text, most)
	}
	return n
}

// open builds the phone as it stands in this tree and starts everything.
func open(t *testing.T, pairs int) *world {
	dir := t.TempDir()
	binary := filepath.Join(dir, "offhook")
	build := exec.Command("go", "build", "-tags=nolibopusfile", "-o", binary, "../../firmware")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal("the phone does not build: ", err)
	}
	passwords := map[string]string{}
	for i := range pairs {
		for side := range 2 {
			number := strconv.Itoa(201 + 2*i + side)
			passwords[number] = "hook-" + number
		}
	}
	x, err := peers.StartExchange(filepath.Join(dir, "exchange"), binary, passwords)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Stop)
	w := &world{t: t, exchange: &program{name: "exchange", pid: x.PID(), addr: home(0), log: x.Log}}
	for i := range pairs {
		p := &pair{w: w, index: i}
		for side, name := range []string{"Anna", "Bob"} {
			number, first := strconv.Itoa(201+2*i+side), 31000+ports*(2*i+side)
			phone, err := peers.StartOffhook(filepath.Join(dir, number), peers.Phone{
				Binary: binary, Name: name, User: number, Password: passwords[number], Bind: home(10 + i).String(),
				Domain: peers.ExchangeDomain, Proxy: x.Addr, WAV: true,
				RTPPorts: fmt.Sprintf("%d-%d", first, first+ports-1), Extra: settings,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(phone.Stop)
			p.desks[side] = &desk{Offhook: phone, name: name + " " + number, number: number}
			p.phones[side] = &program{name: p.desks[side].name, pid: phone.PID(), addr: home(10 + i), voice: first, log: phone.Log}
		}
		w.pairs = append(w.pairs, p)
	}
	// A phone keeps its connection to the exchange, over which it sends what is too long
	// for UDP (RFC 3261 §18.1.1): each has made a call before what it holds is counted.
	for _, p := range w.pairs {
		p.first()
	}
	time.Sleep(4 * time.Second) // the cards close
	for _, p := range w.programs() {
		if p.start, err = footprintOf(p.pid); err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
	}
	return w
}

// programs are the exchange and all phones.
func (w *world) programs() []*program {
	all := []*program{w.exchange}
	for _, p := range w.pairs {
		all = append(all, p.phones[:]...)
	}
	return all
}

// judge waits until the cards have closed and the last transactions ended (RFC 3261: 32 s),
// and judges what is still held.
func (w *world) judge() {
	end := time.Now().Add(40 * time.Second)
	for _, p := range w.programs() {
		wrong := "never read"
		for wrong != "" {
			var err error
			if p.end, err = footprintOf(p.pid); err != nil {
				w.t.Fatalf("%s: %v", p.name, err)
			}
			if wrong = judgeHeld(p.start, p.end); wrong != "" && time.Now().After(end) {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		for _, wrong := range []string{wrong, judgeMemory(p.memory)} {
			if wrong != "" {
				w.t.Errorf("%s: %s", p.name, wrong)
			}
		}
	}
	for _, p := range w.pairs {
		p.judgeLogs()
	}
}

// remember compares the call logs, as the menus show them.
func (w *world) remember() {
	var wait sync.WaitGroup
	for _, p := range w.pairs {
		for _, d := range p.desks {
			wait.Go(func() {
				if err := compareLog(d); err != nil {
					w.t.Errorf("%s: %v", d.name, err)
				}
			})
		}
	}
	wait.Wait()
}
