//go:build soak

package soak

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/peers"
)

// settings of the phones beside the usual: numbers are whole after three digits, and the
// handset need not rest for a second before it has hung up.
const settings = "[dial]\ndigit_map = \"[2-6]xx\"\n\n[board.hook]\nflash_max = \"300ms\"\n"

// A world is an exchange, two phones and the garbage that is thrown at them.
type world struct {
	t        *testing.T
	exchange *peers.Exchange
	desks    [2]*desk
	ranges   [2]int // where the RTP ports of each begin; there are 40
	names    []string
	pids     []int
	start    []footprint
	memory   [][]int64 // of each process, after each round
}

func TestSoak(t *testing.T) {
	calls := 150
	if text := os.Getenv("SOAK_CALLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("SOAK_CALLS=%s: want how many calls", text)
		}
		calls = n
	}
	w := open(t)
	stop, sent := make(chan struct{}), make(chan int)
	go func() {
		n, err := throw(stop, rand.New(rand.NewPCG(uint64(os.Getpid()), 0)), w.targets)
		if err != nil {
			t.Error(err)
		}
		sent <- n
	}()
	connected := make(chan int)
	go func() { connected <- pour(stop, rand.New(rand.NewPCG(uint64(os.Getpid()), 1)), w.targets) }()
	begun := time.Now()
	done, failed := w.call(calls)
	close(stop)
	garbage, connections := <-sent, <-connected
	t.Logf("%d calls in %v, %d went wrong; %d datagrams of garbage, %d connections", done, time.Since(begun).Round(time.Second), failed, garbage, connections)
	if garbage < done*20 || connections < done {
		t.Errorf("only %d datagrams of garbage and %d connections", garbage, connections)
	}
	w.rest()
	if failed == 0 {
		w.remember()
	}
	w.logs(done, garbage)
}

// open builds the phone as it stands in this tree and starts everything.
func open(t *testing.T) *world {
	dir := t.TempDir()
	binary := filepath.Join(dir, "offhook")
	build := exec.Command("go", "build", "-tags=nolibopusfile", "-o", binary, "../../firmware")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal("the phone does not build: ", err)
	}
	w := &world{t: t}
	people := []struct{ name, number string }{{"Anna", "201"}, {"Bob", "202"}}
	passwords := map[string]string{}
	for _, p := range people {
		passwords[p.number] = "hook-" + p.number
	}
	var err error
	if w.exchange, err = peers.StartExchange(filepath.Join(dir, "exchange"), binary, passwords); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.exchange.Stop)
	w.names, w.pids = []string{"exchange"}, []int{w.exchange.PID()}
	for i, p := range people {
		w.ranges[i] = 31000 + 200*i
		phone, err := peers.StartOffhook(filepath.Join(dir, p.number), peers.Phone{
			Binary: binary, Name: p.name, User: p.number, Password: passwords[p.number],
			Domain: peers.ExchangeDomain, Proxy: w.exchange.Addr, WAV: true,
			RTPPorts: fmt.Sprintf("%d-%d", w.ranges[i], w.ranges[i]+39), Extra: settings,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(phone.Stop)
		w.desks[i] = &desk{Offhook: phone, name: p.name, number: p.number}
		w.names, w.pids = append(w.names, p.name), append(w.pids, phone.PID())
	}
	// A phone keeps its connection to the exchange, over which it sends what is too long
	// for UDP (RFC 3261 §18.1.1): each has made a call before what it holds is counted.
	var s script
	a, b := w.desks[0], w.desks[1]
	s.settled(a, b)
	for range 2 {
		ways[0].run(&s, a, b)
		s.settled(a, b)
		a, b = b, a
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	time.Sleep(4 * time.Second) // the cards close
	w.start = w.footprints()
	w.memory = make([][]int64, len(w.pids))
	return w
}

// targets are the UDP ports that are open now, SIP and RTP, and some of the phones' ranges
// that may not be.
func (w *world) targets() (ports []int) {
	for _, pid := range w.pids {
		open, _ := openPorts(pid)
		ports = append(ports, open...)
	}
	for _, first := range w.ranges {
		ports = append(ports, first+rand.IntN(40))
	}
	return ports
}

// call makes n calls or more, until too many have gone wrong.
func (w *world) call(n int) (done, failed int) {
	for i := 0; done < n && failed < 5; i++ {
		way, a, b := ways[i%len(ways)], w.desks[i/len(ways)%2], w.desks[1-i/len(ways)%2]
		var s script
		way.run(&s, a, b)
		s.settled(a, b)
		done += way.calls
		if s.err != nil {
			failed++
			w.t.Errorf("call %d, %s: %v", done, way.name, s.err)
			w.recover()
		}
		for i, f := range w.footprints() {
			w.memory[i] = append(w.memory[i], f.resident)
		}
	}
	return done, failed
}

// recover brings the phones to rest after a call that went wrong.
func (w *world) recover() {
	for _, d := range w.desks {
		if err := d.Hook(false); err != nil {
			w.t.Fatalf("%s is gone: %v\n%s", d.name, err, last(d.Log()))
		}
	}
	time.Sleep(3 * time.Second)
	var s script
	if s.settled(w.desks[0], w.desks[1]); s.err != nil {
		w.t.Fatal(s.err)
	}
}

func (w *world) footprints() []footprint {
	all := make([]footprint, len(w.pids))
	for i, pid := range w.pids {
		f, err := footprintOf(pid)
		if err != nil {
			w.t.Fatalf("%s: %v", w.names[i], err)
		}
		all[i] = f
	}
	return all
}

// rest waits until the cards have closed and the last transactions ended (RFC 3261: 32 s),
// and judges what is still held.
func (w *world) rest() {
	var s script
	if s.settled(w.desks[0], w.desks[1]); s.err != nil {
		w.t.Error(s.err)
	}
	end := time.Now().Add(40 * time.Second)
	for i, pid := range w.pids {
		var now footprint
		wrong := "never read"
		for wrong != "" && time.Now().Before(end) {
			time.Sleep(200 * time.Millisecond)
			var err error
			if now, err = footprintOf(pid); err != nil {
				w.t.Fatalf("%s: %v", w.names[i], err)
			}
			wrong = judgeHeld(w.start[i], now)
		}
		for _, wrong := range []string{wrong, judgeMemory(w.memory[i])} {
			if wrong != "" {
				w.t.Errorf("%s: %s", w.names[i], wrong)
			}
		}
		m := w.memory[i]
		third := len(m) / 3
		w.t.Logf("%-8s files %d, then %d; threads %d, then %d; memory %s at first, medians of thirds %s %s %s", w.names[i],
			w.start[i].files, now.files, w.start[i].threads, now.threads, megabytes(w.start[i].resident),
			megabytes(median(m[:third])), megabytes(median(m[third:2*third])), megabytes(median(m[2*third:])))
	}
}

// remember compares the call logs, as the menus show them.
func (w *world) remember() {
	var wait sync.WaitGroup
	for _, d := range w.desks {
		wait.Go(func() {
			if err := compareLog(d); err != nil {
				w.t.Errorf("%s: %v", d.name, err)
			}
			w.t.Logf("%s's call log: %d calls", d.name, len(d.log))
		})
	}
	wait.Wait()
}

// logs judges what the processes wrote: no error, no panic, and garbage fills no disk.
func (w *world) logs(calls, garbage int) {
	texts := []string{w.exchange.Log(), w.desks[0].Log(), w.desks[1].Log()}
	for i, text := range texts {
		counts := map[string]int{}
		for line := range strings.Lines(text) {
			if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic:") || strings.Contains(line, "fatal error") {
				w.t.Errorf("%s: %s", w.names[i], line)
			}
			_, message, _ := strings.Cut(line, " msg=")
			_, level, _ := strings.Cut(line, "level=")
			level, _, _ = strings.Cut(level, " ")
			words := strings.Split(message, "\"")
			if len(words) < 2 {
				words = append([]string{""}, strings.Fields(message+" ?")...)
			}
			counts[level+" "+words[1]]++
		}
		w.t.Logf("%s's log: %d kB; %v", w.names[i], len(text)>>10, counts)
		if most := calls*4<<10 + garbage*32; len(text) > most {
			w.t.Errorf("%s wrote %d kB of log, want %d at most", w.names[i], len(text)>>10, most>>10)
		}
	}
}

func last(text string) string { return text[max(0, len(text)-3000):] }
