package station

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOutboxKeepsOrderWhileItsOwnerIsFull(t *testing.T) {
	var got []int
	room := 2
	o := outbox[int]{do: func(c int) bool {
		if room == 0 {
			return false
		}
		room--
		got = append(got, c)
		return true
	}}
	for c := range 5 {
		o.send(c)
	}
	if want := []int{0, 1}; !cmp.Equal(got, want) || !o.waiting() {
		t.Fatalf("owner has %v, waiting %v", got, o.waiting())
	}
	room = 2
	o.flush()
	room = 9
	o.send(5)
	if want := []int{0, 1, 2, 3, 4, 5}; !cmp.Equal(got, want) || o.waiting() {
		t.Fatalf("owner has %v, waiting %v", got, o.waiting())
	}
}

func TestOutboxIsBounded(t *testing.T) {
	o := outbox[int]{do: func(int) bool { return false }}
	for c := range maxWaiting + 10 {
		o.send(c)
	}
	if len(o.pending) != maxWaiting || o.dropped != 10 || o.pending[0] != 10 {
		t.Fatalf("%d wait from %d on, %d dropped", len(o.pending), o.pending[0], o.dropped)
	}
}
