package phone

import (
	"fmt"
	"unicode/utf8"
)

// maxText bounds, in bytes, every text from the network that is kept.
const maxText = 128

// codeWords are SIP statuses in the words of a person (RFC 3261 §21, and the RFC named).
// With the code behind them they fit a line of 20 characters.
var codeWords = map[int]string{
	400: "Not understood",
	401: "Login failed",
	402: "Not paid for",
	403: "Not allowed",
	404: "No such number",
	405: "Not possible",
	406: "Not acceptable",
	407: "Login failed",
	408: "No answer",
	410: "Not in use",
	413: "Not possible",
	414: "Too long",
	415: "Codec refused",
	416: "Not understood",
	420: "Not possible",
	421: "Not possible",
	422: "Timer refused", // RFC 4028 §6
	480: "Unavailable",
	481: "Call was lost",
	482: "Call looped",
	483: "Call looped",
	484: "Incomplete",
	485: "Several answer",
	486: "Busy",
	487: "Cancelled",
	488: "Codec refused",
	491: "Try once more",
	493: "Not readable",
	494: "Not secure",
	500: "Server error",
	501: "Not possible",
	502: "Server error",
	503: "No service",
	504: "Server silent",
	505: "Not possible",
	513: "Too long",
	600: "Busy",
	603: "Declined",
	604: "No such number",
	606: "Codec refused",
	607: "Not wanted", // RFC 8197 §3
	608: "Screened",   // RFC 8688 §3
}

// causeOf is why a call ended: words first, code second. words, where the agent knows
// better, stand instead of ours.
func causeOf(code int, words string) string {
	if words == "" {
		words = codeWords[code]
	}
	switch {
	case code == 0 && words == "":
		return "No connection"
	case code == 0:
		return words
	case words != "":
	case code >= 300 && code < 400:
		words = "Moved"
	case code >= 500 && code < 600:
		words = "Server error"
	default:
		words = "Call failed"
	}
	return fmt.Sprintf("%s (%d)", words, code)
}

// clip cuts a text from the network to at most n bytes, between characters.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func (p Peer) clip() Peer {
	return Peer{Name: clip(p.Name, maxText), Number: clip(p.Number, maxText)}
}

// setNotice shows one line for a while; "" takes it away.
func (s *step) setNotice(words string) {
	s.notice = words
	if words == "" {
		s.stop(timerNotice)
		return
	}
	s.start(timerNotice, noticeTime)
}
