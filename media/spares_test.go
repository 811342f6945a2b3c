package media

import (
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// The next call's playout buffer stands where the last one's stood, and holds nothing of it.
func TestSpareMemoryIsUsedAgain(t *testing.T) {
	var s spares
	if s.take() != nil {
		t.Error("memory from nowhere")
	}
	first, err := newHearing(agreement.Agreed{Codec: agreement.PCMU}, 48000, s.take())
	if err != nil {
		t.Fatal(err)
	}
	memory := first.buf.Memory()
	for i := range memory {
		memory[i] = 0xa5
	}
	s.give(memory)
	second, err := newHearing(agreement.Agreed{Codec: agreement.PCMU}, 48000, s.take())
	if err != nil {
		t.Fatal(err)
	}
	if &second.buf.Memory()[0] != &memory[0] {
		t.Error("the memory was not used again")
	}
	sound := make([]int16, 480)
	for range 20 {
		second.play(sound, 0)
		for _, v := range sound {
			if v != 0 {
				t.Fatal("sound from the call before")
			}
		}
	}
	for range 2 * maxSpares {
		s.give(make([]byte, 1))
	}
	if len(s.kept) != maxSpares {
		t.Errorf("%d kept, want %d", len(s.kept), maxSpares)
	}
	if h, err := newHearing(agreement.Agreed{Codec: agreement.PCMU}, 48000, s.take()); err != nil || len(h.buf.Memory()) < len(memory) {
		t.Errorf("too short a memory was used: %v", err)
	}
}
