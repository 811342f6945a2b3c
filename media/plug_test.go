package media

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/offhook/offhook/media/audio"
	"github.com/offhook/offhook/scripts/vcard"
)

// Two cards on ALSA and PortAudio as they are, a call in real time: the headset is pulled
// out of its socket, the call goes on at the handset, and it has the voice again as soon as
// it is back.
func TestPulledOutForReal(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	socket := filepath.Join(dir, "socket")
	var paths []string
	for _, name := range []string{"vcard", "headset"} {
		c := vcard.Config{Out: filepath.Join(dir, name+".raw"), Epoch: vcard.Now()}
		if name == "headset" {
			c.Name, c.Socket = name, socket
		}
		env, err := vcard.Setup(filepath.Join(dir, name), c)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, strings.TrimPrefix(env[0], "ALSA_CONFIG_PATH="))
	}
	t.Setenv("ALSA_CONFIG_PATH", strings.Join(paths, ":"))
	plug := func() {
		if err := os.WriteFile(socket, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plug()

	here := Places{{Card: "vcard"}, {Card: "headset"}, {Card: "vcard"}, {Card: "vcard"}}
	gone := here
	gone[Headset] = Place{Missing: "no headset card"}
	a, err := New(Config{Bind: loopback, Card: audio.Open, Places: here})
	if err != nil {
		t.Fatal(err)
	}
	x, legA, _ := answered(t, a, &parrot{})
	stopA, stopX := start(t, a), start(t, x)
	defer stopA()
	defer stopX()
	card := func(what string, want Card) { // Problem may say more than is wanted
		t.Helper()
		began, late := time.Now(), time.After(20*time.Second)
		for last := (Card{}); ; {
			select {
			case v := <-a.Events():
				c, ok := v.(Card)
				if last = c; ok && strings.HasPrefix(c.Problem, want.Problem) && (want.Problem == "") == (c.Problem == "") {
					if c.Problem = want.Problem; c == want {
						t.Logf("%s: told after %v", what, time.Since(began).Round(time.Millisecond))
						return
					}
				}
			case <-late:
				t.Fatalf("%s: told %+v last, want %+v", what, last, want)
			}
		}
	}
	a.Do(Use{Headset})
	a.Do(Listen{legA})
	in := Card{Name: "headset", Role: Headset, Wanted: Headset}
	card("plugged in", in)
	if err := os.Remove(socket); err != nil {
		t.Fatal(err)
	}
	card("pulled out", Card{Name: "vcard", Problem: audio.ErrVanished.Error(), Wanted: Headset})
	a.Do(Plug{gone})
	card("known to be gone", Card{Name: "vcard", Problem: "no headset card", Wanted: Headset})
	plug()
	a.Do(Plug{here})
	card("plugged in again", in)
	before, _ := a.Stats(legA)
	time.Sleep(time.Second)
	after, _ := a.Stats(legA)
	if n := after.Sent - before.Sent; n < 30 || n > 80 {
		t.Errorf("%d packets in a second", n)
	}
	if after.Lost > 0 {
		t.Errorf("%d packets of the far end's were lost", after.Lost)
	}
	stopA()
	for _, name := range []string{"vcard", "headset"} {
		if s, err := os.Stat(filepath.Join(dir, name+".raw")); err != nil || s.Size() == 0 {
			t.Errorf("nothing was played on the %s: %v", name, err)
		}
	}
}
