package media

import (
	"errors"
	"fmt"
	"testing"

	"github.com/offhook/offhook/media/audio"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("audio: open hw:1: %w", audio.ErrBusy), "the sound card is used by another program"},
		{audio.ErrNoCard, "no sound card found"},
		{fmt.Errorf("no sound card has %q in its name", "USB"), `no sound card has "USB" in its name`},
		{errors.New("the folder sound/ is read-only"), "the folder sound/ is read-only"},
	} {
		if got := words(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
