package ui

import (
	"fmt"
	"strings"

	"github.com/offhook/offhook/firmware/phone"
)

// silent is the SIP status for a server that never answered (RFC 3261 §8.1.3.1).
const silent = 408

// trouble is an account that does not register: what, where, the remedy, the code last.
func (d drawer) trouble(a phone.AccountView) []string {
	label, words := plain(a.Label), plain(a.Words)
	code := ""
	if a.Code > 0 {
		code = fmt.Sprintf("(%d)", a.Code)
	}
	switch {
	case a.State == phone.Refused:
		return d.refused(a, label, code)
	case a.Code == silent, a.Words == "":
		return d.silentServer(a, label, code)
	}
	rows := wrap(label+": "+words, d.cols, 0)
	for len(rows) < 3 && d.tall() {
		rows = append(rows, "")
	}
	return append(rows, d.retries(a, code))
}

func (d drawer) refused(a phone.AccountView, label, code string) []string {
	file := d.file()
	where := plain(a.User) + "@" + plain(a.Domain)
	if a.Line > 0 {
		where = pick(d.cols, fmt.Sprintf("%s line %d", file, a.Line), fmt.Sprintf("%s: %d", file, a.Line))
	}
	last := code
	if k := d.s.keyOf(Menu); k != "" {
		last = pick(d.cols, row(code, k+" Menu retry", d.cols), row(code, "Menu retry", d.cols))
		if !d.wide() {
			last = row(code, "Menu retry", d.cols)
		}
	}
	if words := plain(a.Words); words != "" && a.Trouble != phone.LoginRefused {
		rows := wrap(label+": "+words, d.cols, 0)
		if len(rows) < 2 {
			rows = append(rows, "")
		}
		return append(rows, where, last)
	}
	return []string{
		pick(d.cols, label+": login refused", label+": refused"),
		pick(d.cols, "Check user, password", "Check password"),
		where,
		last,
	}
}

func (d drawer) silentServer(a phone.AccountView, label, code string) []string {
	domain := plain(a.Domain)
	if d.wide() {
		return []string{
			pick(d.cols, label+": no answer from", label+": no answer"),
			pick(d.cols, domain),
			"On? Same network?",
			d.retries(a, code),
		}
	}
	return []string{
		pick(d.cols, label+": no answer", label),
		pick(d.cols, "from "+domain, domain),
		row("Is it on?", code, d.cols),
		d.retries(a, ""),
	}
}

// retries says when the phone tries again, the code before it.
func (d drawer) retries(a phone.AccountView, code string) string {
	if a.Retry.IsZero() || d.unset() {
		return code
	}
	at := clockAt(a.Retry, d.s.Now.Location())
	if code == "" {
		return "Retries " + at
	}
	return pick(d.cols, code+strings.Repeat(" ", max(d.cols-width(code)-13, 1))+"retries "+at, code+" next "+at)
}

func (d drawer) noNetwork() []string {
	n := d.s.Notices.Network
	rows := []string{"No network"}
	for _, reason := range strings.Split(plain(n.Words), ";") {
		switch reason = strings.TrimSpace(reason); {
		case reason == "":
		case width(strings.TrimSuffix(reason, " plugged in")) <= d.cols:
			rows = append(rows, pick(d.cols, reason, strings.TrimSuffix(reason, " plugged in")))
		default:
			rows = append(rows, wrap(reason, d.cols, 0)...)
		}
	}
	for len(rows) < 3 {
		rows = append(rows, "")
	}
	return append(rows, row("Waiting", timer(d.s.Now.Sub(n.Since)), d.cols))
}

func (d drawer) firstBoot() []string {
	return []string{
		"No account yet",
		pick(d.cols, "Lift, dial 600: echo", "Dial 600: echo"),
		pick(d.cols, "Edit "+d.file(), d.file()),
		plain(d.s.Notices.Network.Address),
	}
}

func (d drawer) file() string {
	if d.s.settings.File == "" {
		return "offhook.toml"
	}
	return plain(d.s.settings.File)
}
