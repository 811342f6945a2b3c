package stalls

import (
	"bufio"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/scripts/vcard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWithin(t *testing.T) {
	all := []Stall{{1, 500, 700}, {0, 100, 200}, {0, 600, 800}, {1, 610, 620}}
	for name, c := range map[string]struct {
		from, to vcard.Instant
		want     time.Duration
	}{
		"before all":        {0, 100, 0},
		"the whole":         {0, 1000, 100 + 300},
		"a part of one":     {150, 400, 50},
		"two cores at once": {600, 700, 100},
		"the end of both":   {690, 2000, 110},
		"between":           {200, 500, 0},
	} {
		if got := Within(all, c.from, c.to); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	got, err := read(bufio.NewScanner(strings.NewReader("0 5 7\n1 6 9\n")))
	if err != nil || len(got) != 2 || got[1] != (Stall{1, 6, 9}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := read(bufio.NewScanner(strings.NewReader("0 5\n"))); err == nil {
		t.Error("half a line is taken for a stall")
	}
}

// A witness that was itself stopped for a while saw exactly that as a stall of every core, and
// one that nobody kept from running saw none of its length.
func TestWatch(t *testing.T) {
	const still = 3 * time.Second // longer than what a shared machine does by itself
	w, err := Watch(t.TempDir(), still/2)
	if err != nil && strings.Contains(err.Error(), "precedence") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	begin := vcard.Now()
	signal(t, w.cmd.Process, syscall.SIGSTOP)
	time.Sleep(still)
	signal(t, w.cmd.Process, syscall.SIGCONT)
	time.Sleep(200 * time.Millisecond)
	end := vcard.Now()
	all, err := w.Stop()
	if err != nil {
		t.Fatal(err)
	}
	if got := Within(all, begin, end); got < still*9/10 {
		t.Errorf("%v of %v were seen: %v", got, still, all)
	}
	if got := Within(all, 0, begin-vcard.Instant(100*time.Millisecond)); got > 0 {
		t.Errorf("before it there were %v: %v", got, all)
	}
}

func signal(t *testing.T, p *os.Process, s syscall.Signal) {
	t.Helper()
	if err := p.Signal(s); err != nil {
		t.Fatal(err)
	}
}
