package media

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/offhook/offhook/media/audio"
)

// A stand-in that cannot be opened is tried now and then, not again and again, and the
// owner is told why.
func TestNothingCanBeOpened(t *testing.T) {
	none := func(audio.Spec) (audio.Card, error) { return nil, audio.ErrNoCard }
	for _, c := range []struct {
		name string
		real Opener
		fail error
		want string
	}{
		{"no card wanted", nil, errors.New("audio: virtual card: the folder is read-only"), "virtual card: the folder is read-only"},
		{"no card either", none, errors.New("audio: virtual card: the folder is read-only"),
			"no sound card found; virtual card: the folder is read-only"},
		{"no card, on a system that is never written to", none, &fs.PathError{Op: "mkdir", Path: "sound", Err: syscall.EROFS},
			"no sound card found"},
	} {
		tries := 0
		cfg, err := Config{Card: c.real, Virtual: func(audio.Spec) (audio.Card, error) {
			tries++
			return nil, c.fail
		}}.complete()
		if err != nil {
			t.Fatal(err)
		}
		d := newDevice(cfg, func(f func()) { f() }, func() {})
		for now := time.Duration(0); now < 10*time.Second; now += 5 * time.Millisecond {
			d.tend(now, true)
		}
		if tries < 2 || tries > 4 {
			t.Errorf("%s: tried %d times in 10 s", c.name, tries)
		}
		if d.state.Problem != c.want {
			t.Errorf("%s: told %q, want %q", c.name, d.state.Problem, c.want)
		}
	}
}
