package media

import "testing"

// minutes is said by a test that steps its engines by itself through minutes of sound: there
// is one goroutine, in which the race detector finds nothing and takes twenty times as long.
// Shorter ones of the same kind run under it.
func minutes(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("one goroutine, and minutes of sound")
	}
}
