package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/board/panel"
)

// TestMain is the program itself where a test starts this binary again, and otherwise sees
// to it that no phone leaves a goroutine behind.
func TestMain(m *testing.M) {
	if os.Getenv("OFFHOOK_TEST_RUN") != "" {
		main() // exits
	}
	for _, name := range []string{"OFFHOOK_SOCKET", "OFFHOOK_TOKEN", "STATE_DIRECTORY", "RUNTIME_DIRECTORY"} {
		os.Unsetenv(name)
	}
	flag.Parse()
	if raced {
		flag.Set("test.parallel", "5")
	} else {
		flag.Set("test.parallel", "10") // they wait for sound and timers, and hardly compute
	}
	goleak.VerifyTestMain(m)
}

// soon is how long anything may take that a phone does at once, on a machine that is busy;
// leaving is how long it may take to end, which is less than any SIP timer.
const (
	soon    = time.Minute
	leaving = 10 * time.Second
)

// beside lets a test run beside others, but for one that judges the sound of three phones
// under the race detector: that takes all that the machine has.
func beside(t *testing.T) {
	if !raced {
		t.Parallel()
	}
}

// settings are lines of offhook.toml by their key; an account is added with with.
type settings map[string]string

// quiet are the settings of a phone that needs nothing but loopback and its folder, with
// the built-in exchange.
func quiet(dir string) settings {
	return settings{
		"phone.timezone": `"UTC"`,
		"sound.handset":  `"wav"`, "sound.directory": fmt.Sprintf("%q", filepath.Join(dir, "sound")),
		"network.bind": `"127.0.0.1"`, "network.sip_port": "0",
		"exchange.listen": `"127.0.0.1:0"`,
		// A hang-up counts once it is longer than a flash: tests wait for each.
		"board.hook.flash_max": `"400ms"`,
	}
}

// file is the text of the file.
func (s settings) file(accounts ...string) string {
	sections := map[string][]string{}
	for key, value := range s {
		dot := strings.LastIndex(key, ".")
		section, name := key[:dot], key[dot+1:]
		sections[section] = append(sections[section], name+" = "+value)
	}
	var b strings.Builder
	for section, lines := range sections {
		fmt.Fprintf(&b, "[%s]\n%s\n", section, strings.Join(lines, "\n"))
	}
	for _, a := range accounts {
		fmt.Fprintf(&b, "[[account]]\n%s\n", a)
	}
	return b.String()
}

// A rig is a whole phone on loopback, in this process, with somebody at its panel.
type rig struct {
	*testing.T
	*panel.Client
	dir   string
	place place
	desk  *desk
	log   *journal
	leave context.CancelFunc
	ended chan error
}

// start makes a phone of the text of a settings file, and takes it away when the test ends.
func start(t *testing.T, dir, text string, o outside) *rig {
	t.Helper()
	p := place{file: filepath.Join(dir, "offhook.toml"), data: filepath.Join(dir, "data"), socket: filepath.Join(dir, "panel.sock")}
	write(t, p.file, text)
	return startAt(t, p, o)
}

func startAt(t *testing.T, p place, o outside) *rig {
	t.Helper()
	r := &rig{T: t, dir: filepath.Dir(p.socket), log: &journal{}, ended: make(chan error, 1)}
	p.log = r.log
	r.place = p
	var err error
	if r.desk, err = newDesk(p, o); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	r.leave = leave
	go func() { r.ended <- r.desk.run(ctx, nil) }()
	t.Cleanup(func() { r.stop() })
	if r.Client, err = panel.Dial(ctx, p.socket, ""); err != nil {
		t.Fatalf("%v\n%s", err, r.log)
	}
	t.Cleanup(func() {
		r.Client.Close()
		if t.Failed() {
			t.Logf("the phone's log:\n%s", r.log)
		}
	})
	return r
}

// stop ends the phone and says how long that took.
func (r *rig) stop() time.Duration {
	r.Helper()
	if r.leave == nil {
		return 0
	}
	began := time.Now()
	r.leave()
	r.leave = nil
	select {
	case err := <-r.ended:
		if err != nil {
			r.Errorf("the phone ended with: %v", err)
		}
	case <-time.After(soon):
		r.Error("the phone does not end")
	}
	return time.Since(began)
}

// talking is what the display says of a call that has stood for two seconds or more.
const talking = `Opus +\d\d:(0[2-9]|[1-9]\d)`

// sees waits until the display matches.
func (r *rig) sees(re string) {
	r.Helper()
	if _, err := r.Wait(regexp.MustCompile(re), soon); err != nil {
		r.Fatal(err)
	}
}

// presses taps keys.
func (r *rig) presses(keys string) {
	r.Helper()
	r.must(r.Tap(keys))
}

// lifts takes the handset, or lays it down.
func (r *rig) lifts(off bool) {
	r.Helper()
	r.must(r.Hook(off))
}

// calls lifts and dials; hangsUp ends it.
func (r *rig) calls(number string) {
	r.Helper()
	r.lifts(true)
	r.presses(number)
}

func (r *rig) hangsUp() {
	r.Helper()
	r.lifts(false)
	r.sees(`ready`)
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// shows waits until the panel is in a state.
func (r *rig) shows(what string, ok func(panel.State) bool) {
	r.Helper()
	ctx, stop := context.WithTimeout(context.Background(), soon)
	defer stop()
	states, err := r.Subscribe(ctx)
	r.must(err)
	var last panel.State
	for last = range states {
		if ok(last) {
			return
		}
	}
	r.Fatalf("never %s; last %+v", what, last)
}

// echoes presses keys in a call to 600 and wants just them back, besides those before.
func (r *rig) echoes(keys string) {
	r.Helper()
	st, err := r.State()
	r.must(err)
	want := st.Info.Digits + keys
	r.presses(keys)
	for end := time.Now().Add(soon / 2); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if st, err = r.State(); err != nil || st.Info.Digits == want {
			r.must(err)
			return
		}
	}
	r.Fatalf("%q came back, want %q", st.Info.Digits, want)
}

// chooses opens the menu and takes the line that begins with words.
func (r *rig) chooses(words string) {
	r.Helper()
	marked := func() string {
		for _, line := range strings.Split(r.lcd(), "\n") {
			if strings.HasPrefix(line, ">") {
				return line
			}
		}
		return ""
	}
	r.presses("A")
	r.sees(`(?m)^>`)
	for range 15 {
		line := marked()
		if strings.Contains(line, " "+words) {
			r.presses("#")
			return
		}
		r.presses("A")
		r.eventually("moves in the menu", func() bool { return marked() != line })
	}
	r.Fatalf("the menu has no %s:\n%s", words, r.lcd())
}

// eventually waits for what no panel tells.
func (r *rig) eventually(what string, ok func() bool) {
	r.Helper()
	for end := time.Now().Add(soon); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			r.Fatalf("never %s; the display shows\n%s", what, r.lcd())
		}
	}
}

func (r *rig) lcd() string {
	lcd, err := r.LCD()
	r.must(err)
	return lcd.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A journal is a log that may be read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}
