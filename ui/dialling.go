package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
)

// dialling is the number as far as it is keyed: with the account that will call, and with
// another call that stands meanwhile, which on a low display takes the account's place.
func (d drawer) dialling() []string {
	account, head := "", d.head()
	if all := accounts(d.p); d.p.Account >= 0 && d.p.Account < len(all) {
		a := all[d.p.Account]
		account = row(pick(head-1-width(notReady(a)), accountName(a), plain(a.Label)), notReady(a), head)
	}
	if !d.p.Dialling && (d.p.Tone == phone.Howler || d.p.Tone == phone.Reorder) {
		if d.p.HandsFree {
			return []string{account, "Nothing dialled"}
		}
		return []string{account, pick(d.cols, "Put the handset back", "Hang up, please")}
	}
	other, cols := "", d.cols
	if !d.tall() {
		cols = head // it stands in the first row
	}
	for _, state := range []phone.CallState{phone.Waiting, phone.Talking, phone.Joined, phone.Held, phone.Leaving} {
		if c, there := find(d.p, state); there && other == "" {
			other = d.oneRow(c, cols)
		}
	}
	if other != "" && !d.tall() {
		account = other
	}
	digits := []rune(d.transferTo(plain(d.p.Digits) + "_"))
	rows := []string{account, string(digits[max(len(digits)-d.cols, 0):])}
	where := d.elsewhere()
	remove, all := d.deleteHint(), d.clearHint()
	if !d.tall() {
		if d.p.Digits == "" {
			rows[1] = row(rows[1], where, d.cols)
			return rows
		}
		rows[1] = d.beside(rows[1], remove, strings.Replace(remove, "Delete", "Del", 1))
		for _, name := range []string{account, d.label(phone.CallView{Account: d.p.Account})} {
			if other == "" && width(name)+1+width(all) <= head {
				rows[0] = row(name, all, head)
				break
			}
		}
		return rows
	}
	note := other
	if note == "" && d.s.Notices.Sound != "" && d.p.Digits == "" {
		note = strings.TrimSuffix(wrap(plain(d.s.Notices.Sound), d.cols, 2)[0], ":")
	}
	if note == "" {
		note = where
	}
	note = d.beside(note, all)
	keys := remove
	switch {
	case d.p.Digits == "" && movesBeside(*d.p):
		keys = d.hints(Hold, "Take back", Reject, "End")
	case d.p.Digits == "":
		keys = d.hints(Menu, "Menu", Redial, d.ifRedial())
	case strings.Contains(d.s.settings.Keys, "#"):
		keys = row("# Call", keys, d.cols)
	}
	if k := d.s.keyOf(Transfer); k != "" && d.p.Transfer != 0 {
		words := k + " Transfer"
		if d.p.Digits == "" {
			words = k + " Back"
		}
		keys = row(words, remove, d.cols)
	}
	return []string{rows[0], rows[1], note, keys}
}

// beside is a row with the first of the texts at its right for which there is room, if any.
func (d drawer) beside(left string, texts ...string) string {
	for _, text := range texts {
		if text != "" && width(left)+1+width(text) <= d.cols {
			return row(left, text, d.cols)
		}
	}
	return left
}

// transferTo is the number as it is keyed, with words before it while it is the target of a
// transfer.
func (d drawer) transferTo(digits string) string {
	if d.p.Transfer == 0 {
		return digits
	}
	return pick(d.cols, "Transfer to: "+digits, "To: "+digits, digits)
}

// deleteHint is the key that takes back a digit: its own, or the redial key's; "": none.
func (d drawer) deleteHint() string {
	for _, f := range []Function{Delete, Redial} {
		if k := d.s.keyOf(f); k != "" && d.p.Digits != "" {
			return k + " Delete"
		}
	}
	return ""
}

// clearHint is how to take back all digits: by the mute key, or by hanging up.
func (d drawer) clearHint() string {
	switch k := d.s.keyOf(Mute); {
	case !d.s.clears():
		return ""
	case k != "":
		return k + " Clear"
	case d.p.OffHook:
		return "Hang up: clear"
	}
	return ""
}
