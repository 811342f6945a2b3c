package station

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/ui"
)

// tailDigits is how many last digits make a number known, however much of country and area
// stands before them: "+49 30 1234567" is "030 1234567".
const tailDigits = 9

// A book is the phone book: whom a number belongs to. The zero book is empty.
type book struct {
	all   []phone.Peer      // by name
	names map[string]string // by number
	tails map[string]string // by its last digits; "": of several
}

func newBook(all []phone.Peer) book {
	b := book{all: all, names: map[string]string{}, tails: map[string]string{}}
	for _, p := range all {
		b.names[p.Number] = p.Name
		if t := tail(p.Number); t != "" {
			if other, there := b.tails[t]; there && other != p.Name {
				p.Name = ""
			}
			b.tails[t] = p.Name
		}
	}
	return b
}

// tail is what makes a number of the telephone network known; "": it is not one of these.
func tail(number string) string {
	if len(number) < tailDigits || strings.Trim(strings.TrimPrefix(number, "+"), "0123456789") != "" {
		return ""
	}
	return number[len(number)-tailDigits:]
}

// named is a far end under the name that the book has for its number, if it has one: the user
// knows best who that is.
func (b book) named(p phone.Peer) phone.Peer {
	name := b.names[p.Number]
	if t := tail(p.Number); name == "" && t != "" {
		name = b.tails[t]
	}
	if p.Number != "" && name != "" {
		p.Name = name
	}
	return p
}

// event is one of the network's, with the names of the book in it.
func (b book) event(e phone.Event) phone.Event {
	switch e := e.(type) {
	case phone.Incoming:
		e.Peer = b.named(e.Peer)
		return e
	case phone.Connected:
		e.Peer = b.named(e.Peer)
		return e
	case phone.Answered:
		e.Peer = b.named(e.Peer)
		return e
	case phone.Referred:
		e.Peer = b.named(e.Peer)
		return e
	case phone.Replaced:
		e.Peer = b.named(e.Peer)
		return e
	case phone.Texted:
		e.Peer = b.named(e.Peer)
		return e
	}
	return e
}

// placed is whom the calls of a step go to, as far as the book knows it.
func (b book) placed(effects []phone.Effect) (all []phone.Connected) {
	for _, f := range effects {
		if d, ok := f.(phone.Dial); ok && d.PickUp == "" {
			if p := b.named(phone.Peer{Number: d.Number}); p.Name != "" {
				all = append(all, phone.Connected{Call: d.Call, Peer: p})
			}
		}
	}
	return all
}

// rows are part of the book as a list.
func (b book) rows(r *ui.Rows, count int) {
	r.Total = len(b.all)
	from := max(min(r.Offset, len(b.all)), 0)
	for _, p := range b.all[from:min(from+max(count, 0), len(b.all))] {
		if r.Count == len(r.Rows) {
			return
		}
		r.Rows[r.Count] = phone.Entry{Peer: p}
		r.Count++
	}
}
