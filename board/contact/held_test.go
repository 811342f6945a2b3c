package contact

import (
	"fmt"
	"strings"
	"testing"

	"github.com/offhook/offhook/hal"
)

// TestHeld plays keys ("0:*+ 300:*-", in ms) with a tick every 50 ms and compares what passes on.
func TestHeld(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a key that is no other", "0:5+ 2000:5-", "5+@0 5-@2000"},
		{"a short press", "0:*+ 300:*-", "*+@0 *-@300"},
		{"a long press", "0:*+ 1500:*-", "A+@800 A-@1500"},
		{"at the limit", "0:*+ 800:*-", "A+@800 A-@800"},
		{"another key meanwhile", "0:*+ 100:5+ 200:5- 300:*-", "5+@100 5-@200 *+@0 *-@300"},
		{"two of them", "0:*+ 400:#+ 1000:*- 1100:#-", "A+@800 A-@1000 #+@400 #-@1100"},
		{"up though never down", "0:*-", ""},
		{"twice", "0:*+ 100:*- 200:*+ 1200:*-", "*+@0 *-@100 A+@1000 A-@1200"},
	} {
		h := NewHeld(map[string]string{"*": "A", "#": "C", "long": "x"})
		moves := map[int]hal.KeyInput{}
		for _, word := range strings.Fields(c.in) {
			at, key := 0, ""
			fmt.Sscanf(strings.Replace(word, ":", " ", 1), "%d %s", &at, &key)
			moves[at] = hal.KeyInput{Key: hal.Key(key[0]), Down: key[1] == '+', At: ms(at)}
		}
		var got []string
		add := func(all []hal.KeyInput) {
			for _, k := range all {
				got = append(got, fmt.Sprintf("%c%s@%d", k.Key, map[bool]string{true: "+", false: "-"}[k.Down], k.At.UnixMilli()))
			}
		}
		for at := 0; at < 3000; at += 50 {
			if due, waits := h.Due(); waits && due.Before(ms(at-50)) {
				t.Errorf("%s: at %d it was due at %d", c.name, at, due.UnixMilli())
			}
			add(h.Tick(ms(at)))
			if k, moves := moves[at]; moves {
				add(h.Step(k))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", c.name, strings.Join(got, " "), c.want)
		}
		if _, waits := h.Due(); waits {
			t.Errorf("%s: it waits for a key that is up", c.name)
		}
	}
}
