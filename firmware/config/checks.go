package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a small system image has no zone files
	"unicode/utf8"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/firmware/phone/digitmap"
)

// The checks of single texts: what is wrong, with the remedy, or "".

func phoneName(s string) string {
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "empty; give the phone a name"
	case n > 16:
		return fmt.Sprintf("%q has %d characters; the display has room for 16", clip(s), n)
	}
	return control(s)
}

func accountName(s string) string {
	if n := utf8.RuneCountInString(s); n > 32 {
		return fmt.Sprintf("%q has %d characters; 32 are sent", clip(s), n)
	}
	return control(s)
}

func control(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "has a line break or another control character in it"
	}
	return ""
}

func zone(s string) string {
	if s == "" {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return fmt.Sprintf(`%q is no time zone; write it like "Europe/Berlin"`, clip(s))
	}
	return ""
}

func dialable(s string) bool {
	return s != "" && len(s) <= phone.MaxDigits && strings.Trim(s, "0123456789*#") == ""
}

func emergency(s string) string {
	if !dialable(s) {
		return fmt.Sprintf("%q is no number that can be dialled; only digits, * and #", clip(s))
	}
	return ""
}

func prefix(s string) string {
	if s == "" || dialable(s) && len(s) <= 8 {
		return ""
	}
	return fmt.Sprintf("%q: a prefix is up to 8 digits", clip(s))
}

func hotline(s string) string {
	if s == "" || dialable(strings.TrimPrefix(s, "+")) {
		return ""
	}
	return fmt.Sprintf("%q is no number that can be dialled; only digits, *, # and a + in front", clip(s))
}

func digitMap(s string) string {
	err := digitmap.Map(s).Check()
	if err == nil {
		return ""
	}
	if e := (*digitmap.Error)(nil); errors.As(err, &e) && e.Pos > 0 && e.Pos < len(s) {
		return fmt.Sprintf("%s, at character %d", err, 1+utf8.RuneCountInString(s[:e.Pos]))
	}
	return err.Error()
}

func address(s string) string {
	if s == "" {
		return ""
	}
	if a, err := netip.ParseAddr(s); err != nil || a.IsMulticast() {
		return fmt.Sprintf(`%q is no address of a network card; write it like "192.168.1.57"`, clip(s))
	}
	return ""
}

func listen(s string) string {
	if _, err := netip.ParseAddrPort(s); err != nil {
		return fmt.Sprintf(`%q is no address with a port; write it like "127.0.0.1:5070"`, clip(s))
	}
	return ""
}

func optionalListen(s string) string {
	if s == "" {
		return ""
	}
	return listen(s)
}

// minPorts is room for three calls at once and a fork: RTP and RTCP each.
const minPorts = 8

func portRange(s string) string {
	first, last, ok := ports(s)
	switch {
	case !ok:
		return fmt.Sprintf(`%q is no range of ports; write it like "30000-30199"`, clip(s))
	case first < 1024 || last > 65535 || last < first:
		return fmt.Sprintf("%q: the ports go from 1024 up to 65535, the lower first", s)
	case first%2 != 0:
		return fmt.Sprintf("%q: the first port must be even (voice takes the even, its control the odd one)", s)
	case last-first+1 < minPorts:
		return fmt.Sprintf("%q are only %d ports; give at least %d", s, last-first+1, minPorts)
	}
	return ""
}

func ports(s string) (first, last int, ok bool) {
	a, b, ok := strings.Cut(s, "-")
	first, err1 := strconv.Atoi(strings.TrimSpace(a))
	last, err2 := strconv.Atoi(strings.TrimSpace(b))
	return first, last, ok && err1 == nil && err2 == nil
}
