package learn

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/offhook/offhook/scripts/golden"
)

// looked reads "5 12-13" as a look: pin 5 at ground, 12 joined with 13.
func looked(text string) Look {
	var l Look
	for _, word := range strings.Fields(text) {
		var a, b int
		if n, _ := fmt.Sscanf(word, "%d-%d", &a, &b); n == 2 {
			l.Pairs = append(l.Pairs, [2]int{a, b})
		} else {
			l.Low = append(l.Low, a)
		}
	}
	return l
}

// TestConversations plays the scripts of testdata: "> text" is what the person types, "= look" what
// the pins show from then on; what is said stands below.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations")
	}
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, words := Begin()
		out := strings.Builder{}
		say := func(words string) {
			if words != "" {
				fmt.Fprintln(&out, words)
			}
		}
		say(words)
		for line := range strings.Lines(string(script)) {
			line = strings.TrimSuffix(line, "\n")
			if !strings.HasPrefix(line, ">") && !strings.HasPrefix(line, "=") {
				continue
			}
			fmt.Fprintln(&out, line)
			if typed, is := strings.CutPrefix(line, ">"); is {
				m, words = m.Enter(strings.TrimPrefix(typed, " "))
				say(words)
				continue
			}
			for range steady + 1 {
				m, words = m.See(looked(line[1:]))
				say(words)
			}
		}
		text, err := m.TOML()
		if err != nil {
			text = err.Error() + "\n"
		}
		fmt.Fprintf(&out, "-- done %v\n%s", m.Done(), text)
		golden.File(t, file, out.String())
	}
}

// Whichever pins a keypad is wired to, and however its rows lie, the conversation finds a
// matrix in which each key is where it was pressed.
func TestAnyMatrixIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(2, 5).Draw(t, "rows"), rapid.IntRange(2, 5).Draw(t, "cols")
		pins := rapid.Permutation([]int{4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}).Draw(t, "pins")
		m, _ := Begin()
		keys := ""
		for i := range rows * cols {
			keys += string(rune('A' + i))
		}
		see := func(l Look) {
			for range steady {
				m, _ = m.See(l)
			}
		}
		m, _ = m.Enter(keys)
		see(Look{})
		m, _ = m.Enter("")
		joins := map[rune][2]int{}
		for i, key := range keys {
			a, b := pins[i/cols], pins[rows+i%cols]
			joins[key] = [2]int{min(a, b), max(a, b)}
			see(Look{Pairs: [][2]int{joins[key]}})
			see(Look{})
		}
		found, err := sort(m.found)
		if err != nil || len(found.rows) != rows || len(found.cols) != cols {
			t.Fatalf("%v: %+v", err, found)
		}
		for r, row := range found.keys {
			for c, key := range row {
				if a, b := found.rows[r], found.cols[c]; joins[key] != [2]int{min(a, b), max(a, b)} {
					t.Fatalf("%c is found at %d and %d", key, a, b)
				}
			}
		}
		if want := strings.Split(keys, ""); found.keys[0] != strings.Join(want[:cols], "") {
			t.Fatalf("rows and columns are exchanged: %q", found.keys)
		}
	})
}

// However the contacts lie, sorting ends, and refuses what is no matrix.
func TestAnyContactsAreSortedOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []contact
		seen := map[[2]int]bool{}
		for i := range rapid.IntRange(0, 12).Draw(t, "contacts") {
			a, b := rapid.IntRange(4, 9).Draw(t, "a"), rapid.IntRange(4, 9).Draw(t, "b")
			if pair := [2]int{min(a, b), max(a, b)}; a != b && !seen[pair] {
				seen[pair] = true
				all = append(all, contact{legend: rune('A' + i), pair: pair})
			}
		}
		m, err := sort(all)
		if err != nil {
			return
		}
		n := 0
		for _, row := range m.keys {
			n += len(strings.ReplaceAll(row, " ", ""))
		}
		if n != len(all) {
			t.Fatalf("%d keys of %d: %+v", n, len(all), m)
		}
		for _, pin := range m.rows {
			if slices.Contains(m.cols, pin) {
				t.Fatalf("pin %d is a row and a column", pin)
			}
		}
	})
}
