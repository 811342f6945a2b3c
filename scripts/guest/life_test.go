//go:build qemu

package guest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offhook/offhook/board/panel"
)

// settled is how long before a cut something must have happened so that it may not be lost:
// of the time in which the guest had a processor.
const settled = 5 * time.Second

// A life is a card over many starts, and what has to be on it.
type life struct {
	*Card
	settings string
	chance   *rand.Rand
	calls    int   // in its log, at least
	volumes  []int // the last that was surely kept, and those that came after
}

// newLife is a card just flashed. OFFHOOK_SEED repeats what chance chose for another.
func newLife(t *testing.T) *life {
	t.Helper()
	seed := time.Now().UnixNano()
	if s := os.Getenv("OFFHOOK_SEED"); s != "" {
		seed = number(t, s)
	}
	t.Logf("OFFHOOK_SEED=%d", seed)
	settings := Settings("phone.name = \"Hall\"\nsound.codecs = [\"pcma\"]\n")
	return &life{Card: flash(t, settings), settings: settings, chance: rand.New(rand.NewPCG(uint64(seed), 0)), volumes: []int{60}}
}

func (l *life) within(d time.Duration) time.Duration {
	return time.Duration(l.chance.Int64N(int64(d))).Round(time.Millisecond)
}

// own is how long the guest has had a processor.
func (p phone) own() time.Duration { return time.Since(p.Begun) - p.Waited() }

// cutsStart cuts the power while the phone starts.
func (l *life) cutsStart(t *testing.T) {
	p := phone{Guest: power(t, l.Card, Options{}), t: t}
	after := l.within(15 * time.Second)
	for p.own() < after {
		time.Sleep(10 * time.Millisecond)
	}
	p.Kill()
	t.Logf("cut %v after the power came", after)
}

// halfWritten says whether half of an update's root is in the second slot, which is empty on a
// card just flashed.
func (l *life) halfWritten(t *testing.T) func() bool {
	t.Helper()
	const half = 20 << 20 // of a root of some 40 MiB
	begin, _, err := l.Extent(SlotB)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(l.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return func() bool {
		b := make([]byte, 1<<16)
		n, _ := f.ReadAt(b, begin+half)
		return strings.Trim(string(b[:n]), "\x00") != ""
	}
}

// never is when something happens of which nobody knows yet whether it did.
const never = time.Duration(math.MaxInt64)

// A doing is what the phone is to keep once something was done.
type doing struct {
	seen   time.Duration // own time
	calls  int           // since the start
	volume int
}

// uses has somebody call the echo, talk louder or softer and hang up, again and again, and cuts
// the power in the midst of it: when it is late, or at any time where nobody says when that is.
func (l *life) uses(p phone, late func() bool) {
	p.t.Helper()
	p.registered()
	p.t.Logf("ready %v after the power came, of which it waited %v for a processor", time.Since(p.Begun).Round(time.Millisecond), p.Waited().Round(time.Millisecond))
	s, err := p.State()
	p.must(err)
	if !slices.Contains(l.volumes, s.Info.Volume) {
		p.t.Errorf("the volume is %d, and was one of %v", s.Info.Volume, l.volumes)
	}
	end := p.own() + settled + l.within(8*time.Second)
	if late != nil {
		end = p.own() + updateTime
	}
	off := make(chan struct{})
	go func() {
		defer close(off)
		for p.on() && p.own() < end && (late == nil || !late()) {
			time.Sleep(5 * time.Millisecond)
		}
		end = min(end, p.own())
		p.Kill()
		p.Close()
	}()
	all := []doing{{p.own(), 0, s.Info.Volume}}
	does := func(d doing, do func() error, shows func(panel.State) bool) error {
		all = append(all, d)
		if err := do(); err != nil {
			return err
		}
		err := p.shows(shows)
		all[len(all)-1].seen = p.own()
		if err != nil {
			all[len(all)-1].seen = never
		}
		return err
	}
	for err == nil {
		err = l.call(p, all[len(all)-1], does)
	}
	if p.on() {
		p.t.Error(err)
		p.Kill()
	}
	<-off
	last := 0
	for i, d := range all {
		if d.seen < end-settled {
			last = i
		}
	}
	l.calls += all[last].calls
	l.volumes = nil
	for _, d := range all[last:] {
		l.volumes = append(l.volumes, d.volume)
	}
	p.t.Logf("cut %v after the power came, in call %d: %d calls may not be lost, the volume is one of %v",
		end, all[len(all)-1].calls+1, l.calls, l.volumes)
}

// call is one call to the echo, with the volume set in it.
func (l *life) call(p phone, before doing, does func(doing, func() error, func(panel.State) bool) error) error {
	key, to := "+", before.volume+10
	if to > 90 || to > 30 && l.chance.IntN(2) == 0 {
		key, to = "-", before.volume-10
	}
	err := p.Hook(true)
	if err == nil {
		err = p.shows(func(s panel.State) bool { return s.Info.Ear > 0 })
	}
	if err == nil {
		err = p.Tap("600")
	}
	if err == nil {
		err = p.shows(func(s panel.State) bool { return talks600.MatchString(s.LCD.String()) })
	}
	if err != nil {
		return err
	}
	after := doing{never, before.calls, to}
	err = does(after, func() error { return p.Tap(key) }, func(s panel.State) bool { return s.Info.Volume == to })
	if err != nil {
		return err
	}
	after.calls++
	return does(after, func() error { return p.Hook(false) }, func(s panel.State) bool { return !s.Info.InCall })
}

var talks600 = regexp.MustCompile(`00:0\d`)

// shows waits until the phone's state is as it should be. It returns soon once the power is off.
func (p phone) shows(is func(panel.State) bool) error {
	for end := time.Now().Add(soon); ; time.Sleep(20 * time.Millisecond) {
		s, err := p.State()
		if err != nil || is(s) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("not within %v; the display shows\n%s", soon, s.LCD)
		}
	}
}

// registered waits until the phone can call.
func (p phone) registered() {
	p.t.Helper()
	p.must(p.shows(func(s panel.State) bool { return strings.Contains(s.Info.Account, "ready") }))
}

// kept looks at what is on the card.
func (l *life) kept(t *testing.T) {
	t.Helper()
	folder, err := l.Data() // fails where the file system is not in order after its journal
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	data := filepath.Join(folder, "phone")
	log, err := run("../../bin/offhook", "calls", "-n", "500", "-data", data)
	if err != nil {
		t.Fatal(err)
	}
	calls := strings.Count(log, " 600")
	if calls < l.calls {
		t.Errorf("%d calls are in the log, and should be %d:\n%s", calls, l.calls, log)
	}
	settings, err := run("../../bin/offhook", "config", "-config", "", "-data", data)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`sound\.volume = (\d+)`).FindStringSubmatch(settings)
	if m == nil {
		t.Fatalf("no volume in\n%s", settings)
	}
	volume := int(number(t, m[1]))
	if !slices.Contains(l.volumes, volume) {
		t.Errorf("the volume is %d, and was one of %v", volume, l.volumes)
	}
	l.calls, l.volumes = calls, []int{volume} // what came last and was kept stays
}
