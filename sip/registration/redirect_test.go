package registration

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// walk follows a trail to its end.
func walk(t Trail) string {
	var been []string
	for t.Left() {
		var p Place
		t, p = t.Next()
		been = append(been, p.URI)
	}
	return strings.Join(been, " ")
}

func TestTrail(t *testing.T) {
	at := func(uris ...string) (all []Place) {
		for _, u := range uris {
			all = append(all, Place{URI: u, Q: 1000})
		}
		return all
	}
	begin := Trail{}.From("sip:pbx.home")
	for _, c := range []struct {
		name  string
		trail Trail
		want  string
	}{
		{"one place", begin.Told(at("sip:a.home")), "sip:a.home"},
		{"several, in their order", begin.Told(at("sip:a.home", "sip:b.home")), "sip:a.home sip:b.home"},
		{"best q first", begin.Told([]Place{{"sip:a.home", 100, false}, {"sip:b.home", 900, false}, {"sip:c.home", 100, true}}), "sip:b.home sip:a.home sip:c.home"},
		{"to itself", begin.Told(at("sip:PBX.home")), ""},
		{"to itself, with a user and parameters", begin.Told(at("sip:201@pbx.home;lr?X=y")), ""},
		{"another port is another place", begin.Told(at("sip:pbx.home:5070")), "sip:pbx.home:5070"},
		{"another transport too", begin.Told(at("sip:pbx.home;transport=TCP")), "sip:pbx.home;transport=TCP"},
		{"twice the same", begin.Told(at("sip:a.home", "sip:x@a.home")), "sip:a.home"},
		{"not SIP", begin.Told(at("tel:123", "mailto:a@b", "sip:", "", "sips:s.home")), "sips:s.home"},
		{"nowhere", begin.Told(nil), ""},
	} {
		if got := walk(c.trail); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if n, p := begin.Next(); p != (Place{}) || n.Left() {
		t.Errorf("a place out of nothing: %v", p)
	}
}

// Servers that send a phone to each other at random: each place is visited once, and the
// walk ends.
func TestTrailEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trail := Trail{}.From("sip:s0")
		been := map[string]bool{"sip:s0": true}
		for range 100 {
			var places []Place
			for range rapid.IntRange(0, 4).Draw(t, "places") {
				places = append(places, Place{URI: fmt.Sprintf("sip:s%d", rapid.IntRange(0, 30).Draw(t, "server")), Q: rapid.IntRange(0, 1000).Draw(t, "q")})
			}
			trail = trail.Told(places)
			if !trail.Left() {
				return
			}
			var p Place
			if trail, p = trail.Next(); been[p.URI] {
				t.Fatalf("%s again", p.URI)
			}
			been[p.URI] = true
		}
		t.Fatal("100 places and no end")
	})
}
