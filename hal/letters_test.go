package hal

import (
	"testing"
	"unicode"
)

func TestLetters(t *testing.T) {
	seen := map[rune]bool{}
	for _, r := range Letters {
		if seen[r] || !unicode.IsLetter(r) || r < 0xc0 || !IsLetter(r) {
			t.Errorf("%q is there twice, or is no letter beyond ASCII", r)
		}
		seen[r] = true
	}
	for _, r := range "aZ0 \\~×÷漢ß\uFFFD" {
		if IsLetter(r) != (r == 'ß') {
			t.Errorf("%q: %v", r, IsLetter(r))
		}
	}
}
