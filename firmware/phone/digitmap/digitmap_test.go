package digitmap

import (
	"testing"
	"time"
)

// house is the map that the sample offhook.toml carries.
const house Map = "[2-6]xx|11[02]|0xx.|8xx.|*xx"

func TestMatch(t *testing.T) {
	tests := []struct {
		m      Map
		digits string
		want   Result
	}{
		{house, "", Result{Verdict: Partial}},
		{house, "6", Result{Verdict: Partial}},
		{house, "60", Result{Verdict: Partial}},
		{house, "600", Result{Verdict: Match}},
		{house, "6000", Result{Verdict: NoMatch}},
		{house, "110", Result{Verdict: Match}},
		{house, "112", Result{Verdict: Match}},
		{house, "111", Result{Verdict: NoMatch}},
		{house, "0", Result{Verdict: Partial}},
		{house, "03", Result{Verdict: Ambiguous}},
		{house, "0301234567", Result{Verdict: Ambiguous}},
		{house, "*21", Result{Verdict: Match}},
		{house, "7", Result{Verdict: NoMatch}},
		{house, "#", Result{Verdict: NoMatch}},
		{house, "0a", Result{Verdict: NoMatch}},
		{"", "12", Result{Verdict: Partial}},
		{"[2-", "12", Result{Verdict: Partial}}, // a mistake: as if empty
		{"x.", "", Result{Verdict: Partial}},
		{"x.", "1", Result{Verdict: Ambiguous}},
		{"xx.", "", Result{Verdict: Partial}},
		{"12.", "1", Result{Verdict: Ambiguous}},
		{"12.", "1222", Result{Verdict: Ambiguous}},
		{"12.", "123", Result{Verdict: NoMatch}},
		{"1x.9", "1239", Result{Verdict: Ambiguous}}, // 12399 fits as well
		{"[^01]x", "25", Result{Verdict: Match}},
		{"[^01]x", "15", Result{Verdict: NoMatch}},
		{"[^0-8,9]x|5", "5", Result{Verdict: Partial}}, // one mistake: the whole map counts as empty
		{"[1,3-5]", "4", Result{Verdict: Match}},
		{"[13-5]", "2", Result{Verdict: NoMatch}},
		{"[*#]1", "*1", Result{Verdict: Match}},
		{"X", "7", Result{Verdict: Match}},
		{" 1 2 | 3 ", "12", Result{Verdict: Match}},
		{"(1x|2)", "2", Result{Verdict: Match}},
		{"12T", "12", Result{Verdict: Ambiguous}},
		{"12|123", "12", Result{Verdict: Ambiguous}},
		{"12S0|123", "12", Result{Verdict: Match}},
		{"12S3|123", "12", Result{Verdict: Ambiguous, Wait: 3 * time.Second}},
		{"12S3|1xS2", "12", Result{Verdict: Ambiguous, Wait: 2 * time.Second}},
		{"0900x.!|0xx.", "090", Result{Verdict: Ambiguous}},
		{"0900x.!|0xx.", "0900", Result{Verdict: Barred}},
		{"0900x.!|0xx.", "0900123", Result{Verdict: Barred}},
		{"0,xx.", "0", Result{Verdict: Partial, Tone: true}},
		{"0,xx.", "01", Result{Verdict: Ambiguous}},
		{"#xx#|xx", "", Result{Verdict: Partial, Hash: true}},
		{"#xx#|xx", "#12", Result{Verdict: Partial, Hash: true}},
		{"#xx#|xx", "#12#", Result{Verdict: Match}},
		{"#xx#|xx", "1", Result{Verdict: Partial}},
	}
	for _, tt := range tests {
		if got := tt.m.Match(tt.digits); got != tt.want {
			t.Errorf("%q.Match(%q) = %+v, want %+v", tt.m, tt.digits, got, tt.want)
		}
	}
}
