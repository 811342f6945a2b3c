package digitmap

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// expression writes a map of digits, x, brackets and dots as a regular expression: a
// second reading of the language that shares no code with the parser.
func expression(m Map) *regexp.Regexp {
	r := strings.NewReplacer(".", "*", "*", `\*`, "x", "[0-9]", "[^", "[^*#")
	return regexp.MustCompile("^(?:" + r.Replace(string(m)) + ")$")
}

// every returns all strings over alphabet up to a length, the empty one first.
func every(alphabet string, length int) []string {
	all, last := []string{""}, []string{""}
	for range length {
		var longer []string
		for _, s := range last {
			for _, c := range alphabet {
				longer = append(longer, s+string(c))
			}
		}
		all, last = append(all, longer...), longer
	}
	return all
}

// TestMatchAgreesWithRegexp compares the verdict on every short number with the one that
// follows from a regular expression alone.
func TestMatchAgreesWithRegexp(t *testing.T) {
	const longest = 5
	numbers := every("0128*#", longest)
	element := rapid.SampledFrom([]string{"0", "1", "2", "*", "#", "x", "[01]", "[^2]", "[1-8]", "x.", "1.", "[02]."})
	rapid.Check(t, func(t *rapid.T) {
		var patterns []string
		for range rapid.IntRange(1, 3).Draw(t, "patterns") {
			patterns = append(patterns, strings.Join(rapid.SliceOfN(element, 1, 4).Draw(t, "pattern"), ""))
		}
		m := Map(strings.Join(patterns, "|"))
		if err := m.Check(); err != nil {
			t.Fatalf("%q: %v", m, err)
		}
		re := expression(m)
		whole := map[string]bool{}
		begins := map[string]bool{} // a longer number fits
		for _, n := range numbers {
			whole[n] = n != "" && re.MatchString(n)
			for i := 0; whole[n] && i < len(n); i++ {
				begins[n[:i]] = true
			}
		}
		// What may follow a number is known only as far as the list goes. Four elements need
		// at most four digits; where one repeats, a digit and at most three after it.
		known := longest - 1
		if strings.Contains(string(m), ".") {
			known = longest - 3
		}
		for _, n := range numbers {
			got := m.Match(n).Verdict
			want := NoMatch
			switch {
			case len(n) > known:
				if fits := got == Match || got == Ambiguous; fits != whole[n] {
					t.Fatalf("%q.Match(%q) = %v; fits %v", m, n, got, whole[n])
				}
				continue
			case whole[n] && begins[n]:
				want = Ambiguous
			case whole[n]:
				want = Match
			case begins[n]:
				want = Partial
			}
			if got != want {
				t.Fatalf("%q.Match(%q) = %v, want %v", m, n, got, want)
			}
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add(string(house), "0301234")
	f.Add("(0,xx.T|11[^02]S3|[*#]x!)", "0#")
	f.Add("x.x.x.x.x.x.x.", strings.Repeat("1", 64))
	f.Fuzz(func(t *testing.T, text, digits string) {
		m := Map(text)
		r := m.Match(digits)
		err := m.Check()
		if err != nil && r.Verdict != Partial {
			t.Errorf("%q is wrong (%v) and yet says %v", text, err, r.Verdict)
		}
		if r.Wait != 0 && r.Verdict != Ambiguous {
			t.Errorf("%q.Match(%q): waits %v at verdict %v", text, digits, r.Wait, r.Verdict)
		}
		if e, ok := err.(*Error); ok && (e.Pos < 0 || e.Pos > len(text) || e.Text == "") {
			t.Errorf("%q: %+v", text, e)
		}
	})
}
