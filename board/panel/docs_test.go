package panel

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is one line of docs/panel-protocol.md.
type example struct {
	number int
	toUs   bool
	text   string
}

func examples(t *testing.T) []example {
	page, err := os.ReadFile("../../docs/panel-protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	fenced := false
	for i, l := range strings.Split(string(page), "\n") {
		if strings.HasPrefix(l, "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			all = append(all, example{i + 1, strings.HasPrefix(l, "> "), l[2:]})
		}
	}
	return all
}

// Every line of the page that comes from the phone is one that our types make, and every
// line that goes to it is one that parseRequest takes or refuses in the words of the answer.
func TestDocumentedExamples(t *testing.T) {
	shown := map[Verb]bool{}
	refusal := map[int64]string{}
	for _, e := range examples(t) {
		if e.toUs {
			r, err := parseRequest([]byte(e.text))
			switch {
			case err != nil && e.text[0] == '{':
				refusal[r.ID] = err.Error()
			case err == nil:
				shown[r.Do] = true
			}
			continue
		}
		var l line
		d := json.NewDecoder(strings.NewReader(e.text))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			t.Errorf("line %d: %v", e.number, err)
			continue
		}
		var again any = l.Reply
		switch {
		case l.Hello != nil:
			again = greeting{*l.Hello}
		case l.Change != nil:
			again = changed{*l.Change}
		}
		if diff := cmp.Diff(e.text, string(bytes.TrimSpace(encode(again)))); diff != "" {
			t.Errorf("line %d is not what the phone sends:\n%s", e.number, diff)
		}
		if want := refusal[l.ID]; want != "" && want != l.Error {
			t.Errorf("line %d: the phone says %q, the page %q", e.number, want, l.Error)
		}
	}
	for _, v := range Verbs {
		if !shown[v] {
			t.Errorf("the page does not show %q", v)
		}
	}
}

func TestParseRequestRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:                             "not a request: the line ends too early",
		`{"id":1`:                      "not a request: the line ends too early",
		`[]`:                           "not a request: array where an object belongs",
		`{"id":"x","do":"lcd"}`:        `not a request: "id" cannot be a string`,
		`{"id":1,"do":"lcd","x":1}`:    `not a request: unknown field "x"`,
		`{"id":1,"do":"lcd"} {}`:       "one request per line, and nothing after it",
		`{"id":1}`:                     `nothing to do: {"id":1,"do":"lcd"}`,
		`{"do":"press","key":"55"}`:    `press needs a key: {"do":"press","key":"5"}`,
		`{"do":"release"}`:             `release needs a key: {"do":"release","key":"5"}`,
		`{"do":"hook"}`:                `hook needs a level: {"do":"hook","off":true} lifts`,
		`{"do":"flash","ms":5001}`:     "a flash lasts 20 to 5000 ms",
		`{"do":"flash","ms":-9999999}`: "a flash lasts 20 to 5000 ms",
		`{"do":"flash","ms":9223372036854775807}`: "a flash lasts 20 to 5000 ms",
	} {
		if _, err := parseRequest([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// What is taken means the same when it is written down again.
func FuzzParseRequest(f *testing.F) {
	page, _ := os.ReadFile("../../docs/panel-protocol.md")
	for _, l := range bytes.Split(page, []byte("\n")) {
		if bytes.HasPrefix(l, []byte("> ")) {
			f.Add(l[2:])
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseRequest(text)
		if err != nil {
			if err.Error() == "" || len(err.Error()) > 2*len(text)+200 {
				t.Errorf("refused with %q", err)
			}
			return
		}
		again, err := parseRequest(encode(r))
		if err != nil {
			t.Fatalf("%s became %s: %v", text, encode(r), err)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Error(diff)
		}
	})
}
