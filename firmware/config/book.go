package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/offhook/offhook/firmware/phone"
)

// MaxBook is how many entries the phone book has room for, maxContact how many letters a name has.
const (
	MaxBook    = 200
	maxContact = 40
)

// dialled is a number without what people write between its digits to read it better. A SIP
// address, or a user with letters, is left as it stands.
func dialled(s string) string {
	number := strings.NewReplacer(" ", "", "-", "", "/", "", "(", "", ")", "").Replace(s)
	if number == "" || strings.Trim(number, "0123456789*#+") != "" {
		return s
	}
	return number
}

// contact checks the number, user or SIP address of an entry of the phone book.
func contact(s string) string { return colleague(dialled(s)) }

// book fills in the phone book, sorted as people look for names.
func (b *builder) book(c *Config) {
	names := of[map[string]string](b, "phone.book")
	byName := func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	}
	for _, name := range slices.SortedFunc(maps.Keys(names), byName) {
		switch {
		case strings.TrimSpace(name) == "":
			b.complain("phone.book", flaw{words: fmt.Sprintf("no name for %s", clip(visible(names[name]))), what: "has no name"})
			return
		case utf8.RuneCountInString(name) > maxContact:
			b.complain("phone.book", flaw{words: fmt.Sprintf("%q is too long; %d letters at most", clip(name), maxContact), what: "long name:"})
			return
		case control(name) != "":
			b.complain("phone.book", flaw{words: fmt.Sprintf("the name %q %s", clip(visible(name)), control(name)), what: "bad name:"})
			return
		}
		c.Book = append(c.Book, phone.Peer{Name: name, Number: dialled(names[name])})
	}
	if n := len(c.Book); n > MaxBook {
		b.complain("phone.book", flaw{words: fmt.Sprintf("%d entries; the phone book has room for %d", n, MaxBook), what: "has too many"})
		c.Book = c.Book[:MaxBook]
	}
}
