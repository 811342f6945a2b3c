package tone

import (
	"fmt"
	"slices"
	"testing"
)

// No tone of a plan can be taken for another of it, and no-service never for a dial tone.
func TestTonesOfAPlanDiffer(t *testing.T) {
	for _, code := range Countries() {
		p, _ := ForCountry(code)
		for _, other := range []Name{StutterDial, Ringback, Busy, Congestion, Unobtainable, Howler, NotRegistered} {
			if code == "AU" && other == Congestion {
				continue // S002 tells them apart by level alone
			}
			for n := Dial; n < other; n++ {
				if code == "AU" && n == Busy && other == Congestion || n == CallWaiting {
					continue
				}
				if a, b := p.Spec(n), p.Spec(other); slices.Equal(a.Steps, b.Steps) {
					t.Errorf("%s: %v sounds like %v", code, n, other)
				}
			}
		}
		for _, n := range Names() {
			if p.Spec(n).Silent() {
				t.Errorf("%s: %v is silent", code, n)
			}
		}
	}
}

func TestForCountry(t *testing.T) {
	for code, want := range map[string]string{"US": "United States", "GB": "United Kingdom", "UK": "United Kingdom", "XX": "", "us": ""} {
		if p, ok := ForCountry(code); p.Label != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", code, p.Label, ok)
		}
	}
	if got := fmt.Sprint(Countries()); got != "[AU CN DE FR GB IN JP US]" {
		t.Error(got)
	}
	if p, _ := ForCountry("US"); !p.Spec(None).Silent() || !p.Spec(200).Silent() || !p.Spec(Busy).Equal(p.Spec(Busy)) || p.Spec(Busy).Equal(p.Spec(Dial)) {
		t.Error("Spec, Silent or Equal")
	}
	if Busy.String() != "busy" || Name(99).String() != "unknown tone" {
		t.Error("String")
	}
}
