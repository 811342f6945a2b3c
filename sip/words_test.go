package sip

import (
	"testing"
	"unicode/utf8"
)

// registry is IANA's list of final response codes (2026), those of success first.
var registry = []int{
	200, 202, 204, 300, 301, 302, 305, 380, 400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 412, 413, 414, 415,
	416, 417, 420, 421, 422, 423, 424, 425, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482,
	483, 484, 485, 486, 487, 488, 489, 491, 493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580, 600, 603, 604,
	606, 607, 608,
}

// Every status has words that fit a line of 20 letters and say more than that the call
// failed.
func TestWordsOfTheRegistry(t *testing.T) {
	for _, code := range registry {
		w := Words(code)
		silent := code < 300 || code == 487
		if utf8.RuneCountInString(w) > 20 || (w == "") != silent || w == "Call failed" {
			t.Errorf("%d: %q", code, w)
		}
	}
	for cause, w := range causeWords {
		if utf8.RuneCountInString(w) > 20 || w == "" {
			t.Errorf("cause %d: %q", cause, w)
		}
	}
}

func TestWords(t *testing.T) {
	for code, want := range map[int]string{
		200: "", 487: "", 404: "No such number", 604: "No such number", 486: "Busy", 600: "Busy", 603: "Declined",
		480: "Not available", 403: "Not allowed", 488: "No common codec", 500: "Server error", 504: "Server is silent",
		408: "No answer", 302: "Number has moved", 399: "Number has moved", 499: "Call failed", 699: "Declined",
		484: "Number is incomplete",
	} {
		if got := Words(code); got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
	}
}

// A cause speaks where the status says less, and nowhere else.
func TestSpoken(t *testing.T) {
	for _, c := range []struct {
		code, cause int
		want        string
	}{
		{480, 19, "No answer"}, {480, 17, "Busy"}, {503, 34, "All lines are busy"}, {500, 38, "Network is down"},
		{404, 17, "No such number"}, {486, 19, "Busy"}, {480, 0, "Not available"}, {480, 16, "Not available"},
		{603, 21, "Declined"}, {480, 999, "Not available"}, {487, 19, ""},
	} {
		if got := spoken(c.code, c.cause); got != c.want {
			t.Errorf("%d, cause %d: %q, want %q", c.code, c.cause, got, c.want)
		}
	}
}
