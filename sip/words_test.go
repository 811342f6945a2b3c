package sip

import "testing"

func TestWords(t *testing.T) {
	for code, want := range map[int]string{
		200: "", 487: "", 404: "No such number", 604: "No such number", 486: "Busy", 600: "Busy", 603: "Declined",
		480: "Not available", 403: "Not allowed", 488: "No common codec", 500: "Server error", 504: "Server error",
		408: "No answer", 302: "Moved to another number", 399: "Moved to another number", 499: "Call failed", 699: "Declined", 484: "Number is incomplete",
	} {
		if got := Words(code); got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   bool
	}{
		{[]string{`SIP;cause=200;text="Call completed elsewhere"`}, true},
		{[]string{`Q.850;cause=16`, ` sip ; Cause = 200 `}, true},
		{[]string{`Q.850;cause=26, SIP;cause=200`}, true},
		{[]string{`SIP;cause=487`}, false}, {[]string{`Q.850;cause=200`}, false}, {nil, false}, {[]string{";;=,"}, false},
	} {
		if got := reason(c.values); got != c.want {
			t.Errorf("%q: %v", c.values, got)
		}
	}
}
