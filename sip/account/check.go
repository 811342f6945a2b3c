package account

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What the settings may be.
const (
	MaxLabel       = 8 // letters, for the LCD
	MaxAccounts    = 8
	MinExpires     = time.Minute
	MaxExpires     = 24 * time.Hour
	DefaultExpires = 10 * time.Minute
	maxText        = 128 // octets of a user, login or password
)

// Codecs are the names that Account.Codecs may hold.
func Codecs() []string { return append(DefaultCodecs(), "l16/16000", "l16/48000") }

// DefaultCodecs are those that are offered where nothing else is said, best first. L16 is
// not among them: it takes a LAN.
func DefaultCodecs() []string { return []string{"opus", "g722", "pcma", "pcmu"} }

// Transports are the values that Account.Transport may hold.
func Transports() []Transport { return []Transport{Auto, UDP, TCP, TLS, WSS} }

// Default is an account of which only user, domain and password are missing.
func Default() Account {
	return Account{Transport: Auto, Outbound: true, Expires: DefaultExpires, Codecs: DefaultCodecs(), DTMF: DTMFAuto, SRTP: SRTPPreferred, SRTPKeys: SDES}
}

// A Problem is one thing wrong with one setting. Key is its name in the file below
// [[account]], Words one plain sentence without the name or a full stop.
type Problem struct {
	Key   string
	Words string
}

func (p Problem) String() string { return "account." + p.Key + ": " + p.Words }

// Filled is a with its defaults in place of what was left out: Login the user, Proxy the
// domain, Label the user, cut to fit.
func (a Account) Filled() Account {
	d := Default()
	if a.Transport == "" {
		a.Transport = d.Transport
	}
	if a.Expires == 0 {
		a.Expires = d.Expires
	}
	if len(a.Codecs) == 0 {
		a.Codecs = d.Codecs
	}
	if a.DTMF == "" {
		a.DTMF = d.DTMF
	}
	if a.SRTP == "" {
		a.SRTP = d.SRTP
	}
	if a.SRTPKeys == "" {
		a.SRTPKeys = d.SRTPKeys
	}
	if a.Login == "" {
		a.Login = a.User
	}
	if a.Proxy == "" {
		a.Proxy = a.Domain
	}
	if a.Label == "" {
		a.Label = cut(a.User, MaxLabel)
	}
	return a
}

// Check finds everything wrong with an account, in the order of its fields; nil: nothing.
// Empty settings that have a default are right.
func (a Account) Check() []Problem {
	var found []Problem
	say := func(key, format string, args ...any) {
		found = append(found, Problem{key, fmt.Sprintf(format, args...)})
	}
	for _, c := range []struct {
		key   string
		words string
	}{
		{"label", label(a.Label)},
		{"user", user(a.User)},
		{"domain", domain(a.Domain)},
		{"login", text(a.Login)},
		{"password", text(a.Password)},
		{"transport", transport(a.Transport)},
		{"path", path(a.Path)},
		{"proxy", a.proxy(a.Proxy)},
		{"second_proxy", a.proxy(a.SecondProxy)},
		{"backup", backup(a.Backup)},
		{"expires", expires(a.Expires)},
		{"dtmf", dtmf(a.DTMF)},
	} {
		if c.words != "" {
			say(c.key, "%s", c.words)
		}
	}
	a.secure(say)
	for _, c := range []struct{ key, host, other, what string }{
		{"second_proxy", a.SecondProxy, a.first(), "the first"},
		{"backup", a.Backup, a.first(), "the server that it is to stand in for"},
		{"backup", a.Backup, a.SecondProxy, "the second proxy"},
	} {
		one, other := WayOf(c.host), WayOf(c.other)
		if c.host != "" && strings.EqualFold(one.Server, other.Server) && a.By(one) == a.By(other) {
			say(c.key, "%q is the same as %s", shown(c.host), c.what)
		}
	}
	seen := map[string]bool{}
	for _, c := range a.Codecs {
		switch {
		case !slices.Contains(Codecs(), c):
			say("codecs", "%q is no codec of this phone; choose from %s", shown(c), strings.Join(Codecs(), ", "))
		case seen[c]:
			say("codecs", "%q is named twice", c)
		}
		seen[c] = true
	}
	return found
}

// first is the server that the account goes to.
func (a Account) first() string {
	if a.Proxy != "" {
		return a.Proxy
	}
	return a.Domain
}

func label(s string) string {
	if n := utf8.RuneCountInString(s); n > MaxLabel {
		return fmt.Sprintf("%q has %d letters; the display has room for %d", shown(s), n, MaxLabel)
	}
	return text(s)
}

func user(s string) string {
	switch {
	case s == "":
		return `missing; add user = "201", the number or name that your provider gave you`
	case hasScheme(s):
		return fmt.Sprintf("%q: write it without sip:", shown(s))
	case strings.Contains(s, "@"):
		return fmt.Sprintf("%q: write only the part before the @; the rest is the domain", shown(s))
	case strings.ContainsAny(s, " \t"):
		return fmt.Sprintf("%q has a space in it", shown(s))
	case strings.Contains(s, ":"):
		return "has a : in it; a password stands in a line of its own, password = 'change-me'"
	case strings.ContainsAny(s, "<>\"\\^`{}|#[]"):
		return fmt.Sprintf("%q has a character that no SIP address may have", shown(s))
	}
	return text(s)
}

func domain(s string) string {
	if s == "" {
		return `missing; add domain = "pbx.home", your PBX or provider`
	}
	return hostport(s)
}

func (a Account) proxy(s string) string {
	if s == "" {
		return ""
	}
	return a.way(s)
}

func backup(s string) string {
	if s == "" {
		return ""
	}
	return hostport(s)
}

func transport(t Transport) string {
	if t == "" || slices.Contains(Transports(), t) {
		return ""
	}
	return fmt.Sprintf("%q is no transport of this phone; choose from %s", shown(string(t)), choices(Transports()))
}

// DigitWays are the values that Account.DTMF may hold.
func DigitWays() []string {
	return []string{string(DTMFAuto), string(DTMFEvents), string(DTMFSound), string(DTMFInfo)}
}

func dtmf(d DTMF) string {
	if d == "" || slices.Contains(DigitWays(), string(d)) {
		return ""
	}
	return fmt.Sprintf("%q is no way to send digits; choose from %s", shown(string(d)), strings.Join(DigitWays(), ", "))
}

func path(s string) string {
	switch {
	case s == "":
		return ""
	case s[0] != '/':
		return fmt.Sprintf("%q: a path begins with /", shown(s))
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>#%?\\^`{|}", r) }):
		return fmt.Sprintf("%q has a character that no path may have", shown(s))
	}
	return text(s)
}

func expires(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < MinExpires:
		return fmt.Sprintf("%v is too short; %v or more", d, words(MinExpires))
	case d > MaxExpires:
		return fmt.Sprintf("%v is too long; %v at most", d, words(MaxExpires))
	case d%time.Second != 0:
		return fmt.Sprintf("%v is not a whole number of seconds", d)
	}
	return ""
}

func text(s string) string {
	switch {
	case len(s) > maxText:
		return fmt.Sprintf("too long; %d characters at most", maxText)
	case !utf8.ValidString(s):
		return "not UTF-8 text"
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "has a line break or another control character in it"
	}
	return ""
}

// hostport checks host, host:port, IPv4, IPv4:port, [IPv6] or [IPv6]:port.
func hostport(s string) string {
	switch {
	case hasScheme(s):
		return fmt.Sprintf("%q: write it without sip:", shown(s))
	case strings.Contains(s, "@"):
		return fmt.Sprintf("%q: write only the part after the @; the rest is the user", shown(s))
	case strings.ContainsAny(s, "/;?"):
		return fmt.Sprintf("%q: write only the name or address of the server", shown(s))
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Is6() {
		return fmt.Sprintf("%q: put an IPv6 address in brackets: [%s]", shown(s), a)
	}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Sprintf("%q: the port after the colon is a number from 1 to 65535", shown(s))
		}
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		if a, err := netip.ParseAddr(host[1 : len(host)-1]); err == nil && a.Is6() && a.Zone() == "" {
			return ""
		}
		return fmt.Sprintf("%q is no IPv6 address", shown(host))
	}
	if !hostname(host) {
		return fmt.Sprintf("%q is no host name or address", shown(host))
	}
	return ""
}

// hostname is the grammar of RFC 3261 §25.1 with the lengths of RFC 1035 §2.3.4. A name
// whose last label is a number must be an IPv4 address.
func hostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			c := l[i]
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
				return false
			}
		}
	}
	if last := labels[len(labels)-1]; last[0] >= '0' && last[0] <= '9' {
		_, err := netip.ParseAddr(s)
		return err == nil
	}
	return true
}

func hasScheme(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "sip:") || strings.HasPrefix(s, "sips:") || strings.HasPrefix(s, "tel:")
}

func words(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// shown is a setting in a sentence: short, and without a password that somebody wrote into an
// address.
func shown(s string) string {
	scheme, rest := "", s
	if hasScheme(s) {
		scheme, rest, _ = strings.Cut(s, ":")
		scheme += ":"
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		if user, _, has := strings.Cut(rest[:i], ":"); has {
			s = scheme + user + ":***" + rest[i:]
		}
	}
	return cut(s, 40)
}

func cut(s string, letters int) string {
	if utf8.RuneCountInString(s) <= letters {
		return s
	}
	return string([]rune(s)[:letters])
}
