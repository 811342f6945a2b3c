package media

import "testing"

// What one microphone heard last fades out under the next; nothing is left of it, and one
// microphone alone is let through.
func TestSplice(t *testing.T) {
	var s splice
	first := []int16{1000, 8000, 16000}
	s.join(first)
	if first[1] != 8000 || first[2] != 16000 {
		t.Errorf("one microphone came out as %v", first)
	}
	s.cut()
	next := make([]int16, 480)
	s.join(next)
	if next[0] < 15000 || steepest(next) > 600 || next[479] != 0 {
		t.Errorf("fades from %d by %d to %d", next[0], steepest(next), next[479])
	}
}
