// Command load says what the built-in exchange carries: registrations and calls each
// second beside Debian's Kamailio, in one run on this machine over loopback, and what it
// holds in memory during and after a million registrations. It owns the load, the clock
// and the table; it refuses to look inside a server.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// limit is how long the whole of it may take.
const limit = 15 * time.Minute

type options struct {
	offhook, out  string
	users         int
	registrations int
	seconds       int
}

func main() {
	var o options
	flag.StringVar(&o.offhook, "offhook", "bin/offhook", "the exchange's `binary`")
	flag.StringVar(&o.out, "out", "", "also write the page as Markdown to this `file`")
	flag.IntVar(&o.users, "users", 10_000, "how many `users` register, 100 to 100000")
	flag.IntVar(&o.registrations, "registrations", 1_000_000, "how many `REGISTERs` the exchange gets, up to 2000000")
	flag.IntVar(&o.seconds, "seconds", 5, "how many `seconds` each rate of calls is held, 1 to 30")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, limit)
	err := run(ctx, o)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.users < 100 || o.users > 100_000 || o.registrations < o.users || o.registrations > 2_000_000 || o.seconds < 1 || o.seconds > 30 {
		return fmt.Errorf("-users is 100 to 100000, -registrations from there to 2000000, -seconds 1 to 30")
	}
	var err error
	if o.offhook, err = filepath.Abs(o.offhook); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "offhook-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := page{about: aboutHere(ctx, o.offhook), options: o}
	for _, kind := range []string{"Offhook", "Kamailio"} {
		r, err := measure(ctx, o, kind, filepath.Join(dir, kind))
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		p.results = append(p.results, r)
	}
	text := p.String()
	fmt.Print(text)
	if o.out != "" {
		return os.WriteFile(o.out, []byte(text), 0o644)
	}
	return nil
}

// result is what one server did.
type result struct {
	kind                  string
	fresh, again, million burst // with a challenge each; with the login at hand; all of them
	before, peak, after   int64 // memory, octets
	clean                 int   // most call set-ups per second without a failure or repetition
	calls                 []callRun
	cpu                   time.Duration // of the server, for all registrations
}

func measure(ctx context.Context, o options, kind, dir string) (r result, err error) {
	r.kind = kind
	say := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%s  %s: %s\n", time.Now().Format("15:04:05"), kind, fmt.Sprintf(format, args...))
	}
	s, err := startServer(kind, o, dir)
	if err != nil {
		return r, err
	}
	defer s.stop()
	if r.before, err = s.memory(); err != nil {
		return r, err
	}
	watch := s.watch(ctx)
	phones := newPhones(s, o.users)
	defer phones.close()
	say("%d users register, with a challenge each", o.users)
	if r.fresh, err = phones.register(ctx, o.users); err != nil {
		return r, err
	}
	begun := s.cpu()
	say("%d REGISTERs of the same users, with the login at hand", o.registrations-2*o.users)
	if r.again, err = phones.register(ctx, o.registrations-2*o.users); err != nil {
		return r, err
	}
	r.cpu = s.cpu() - begun
	r.million = r.fresh.and(r.again)
	r.peak = watch()
	if err := rest(ctx, 40*time.Second); err != nil { // longer than any transaction lives
		return r, err
	}
	if r.after, err = s.memory(); err != nil {
		return r, err
	}
	phones.close()
	for _, rate := range rates {
		say("%d calls per second for %d s", rate, o.seconds)
		c, err := runCalls(ctx, s, dir, rate, o.seconds)
		if err != nil {
			return r, err
		}
		r.calls = append(r.calls, c)
		if !c.clean() {
			break
		}
		r.clean = rate
	}
	return r, nil
}

// rates are call set-ups per second; the first that is not clean is the last.
var rates = []int{100, 200, 300, 400, 500, 600, 800, 1000, 1250, 1500, 2000}

func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// page is the whole of a run.
type page struct {
	about   []string
	options options
	results []result
}

func (p page) String() string {
	var b strings.Builder
	fmt.Fprint(&b, "# What the exchange carries\n\n")
	for _, line := range p.about {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	fmt.Fprintf(&b, "- %d REGISTERs of %d users over UDP, then calls by sipp, each call INVITE, 407, ACK, INVITE, 200, ACK, BYE, 200; one server after the other, two workers each, the load on the same CPUs\n\n", p.options.registrations, p.options.users)
	row := func(name string, of func(result) string) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, r := range p.results {
			fmt.Fprintf(&b, " %s |", of(r))
		}
		fmt.Fprintln(&b)
	}
	row("", func(r result) string { return r.kind })
	row("---", func(result) string { return "---:" })
	row("registrations/s, each with a challenge (two REGISTERs)", func(r result) string { return fmt.Sprintf("%.0f", r.fresh.rate(r.fresh.granted)) })
	row("registrations/s, the login at hand (one REGISTER)", func(r result) string { return fmt.Sprintf("%.0f", r.again.rate(r.again.granted)) })
	row("REGISTERs in all; granted; repeated; not answered", func(r result) string {
		return fmt.Sprintf("%d; %d; %d; %d", r.million.sent, r.million.granted, r.million.repeated, r.million.lost)
	})
	row("CPU µs of the server for each registration, the login at hand", func(r result) string {
		return fmt.Sprintf("%.0f", float64(r.cpu.Microseconds())/float64(max(r.again.granted, 1)))
	})
	row("memory before, MB", func(r result) string { return mega(r.before) })
	row("memory at most, during, MB", func(r result) string { return mega(r.peak) })
	row("memory 40 s after, MB", func(r result) string { return mega(r.after) })
	row("clean call set-ups/s (no failure, no repetition)", func(r result) string { return fmt.Sprint(r.clean) })
	fmt.Fprint(&b, "\n## Calls\n\n| | rate/s | set up | failed | repeated | server's CPU, % of one |\n|---|---:|---:|---:|---:|---:|\n")
	for _, r := range p.results {
		for _, c := range r.calls {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %.0f |\n", r.kind, c.rate, c.done, c.failed, c.repeated, 100*c.cpu.Seconds()/c.lasted.Seconds())
		}
	}
	fmt.Fprint(&b, "\nMemory is the proportional set size of all processes of a server (PSS), MB of 2^20 octets. A rate is clean when sipp counts no failed call and no repeated message at either end; the first that is not ends the search.\n")
	return b.String()
}

func mega(octets int64) string { return fmt.Sprintf("%.1f", float64(octets)/(1<<20)) }
