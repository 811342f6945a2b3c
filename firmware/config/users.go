package config

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/offhook/offhook/sip/account"
)

// Bounds of a users file.
const (
	maxUsers     = 100_000
	maxUsersSize = 16 << 20 // octets
)

// usersFile adds the users of a file to those of the settings. It is read only when
// settings are loaded from a file, beside which it lies.
func (b *builder) usersFile(c *Config) {
	name, e := b.text("exchange.users_file"), &c.Exchange
	if name == "" || b.folder == "" && b.kept == "" {
		return
	}
	text, err := b.beside(name, maxUsersSize)
	if err == nil && len(text) > maxUsersSize {
		err = fmt.Errorf("larger than %d MiB", maxUsersSize>>20)
	}
	if err != nil {
		b.complain("exchange.users_file", flaw{words: fmt.Sprintf("%s: %s", clip(name), unreadable(err)), what: "cannot be read:"})
		return
	}
	c.keeps(name, text)
	known := map[string]bool{}
	for _, u := range e.Users {
		known[u.Name] = true
	}
	more, line, words := parseUsers(text, known)
	if words != "" {
		b.complain("exchange.users_file", flaw{words: fmt.Sprintf("%s, line %d: %s", clip(name), line, words), what: "bad line:"})
		return
	}
	if len(more) == 0 {
		b.complain("exchange.users_file", flaw{words: clip(name) + ": no user in it", what: "no user in it:"})
	}
	e.Users = append(e.Users, more...)
}

// parseUsers reads lines of a user and a password with white space between; the password
// is the rest of the line. Empty lines and those that begin with # do not count. words
// say what is wrong with a line, without the password. known are users that there are.
func parseUsers(text []byte, known map[string]bool) (all []User, line int, words string) {
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		line++
		s := strings.TrimSpace(lines.Text())
		if s == "" || s[0] == '#' {
			continue
		}
		name, password, _ := strings.Cut(s, " ")
		if tab := strings.IndexByte(name, '\t'); tab >= 0 {
			name, password = s[:tab], s[tab:]
		}
		password = strings.TrimSpace(password)
		switch {
		case password == "":
			return nil, line, fmt.Sprintf("no password after %s", clip(visible(name)))
		case known[name]:
			return nil, line, fmt.Sprintf("%s is there twice", clip(visible(name)))
		case len(all) == maxUsers:
			return nil, line, fmt.Sprintf("more than %d users", maxUsers)
		case control(password) != "":
			return nil, line, "the password " + control(password)
		}
		for _, p := range (account.Account{User: name, Domain: ExchangeDomain, Password: password}).Check() {
			return nil, line, visible(p.Words)
		}
		known[name] = true
		all = append(all, User{name, password})
	}
	if lines.Err() != nil {
		return nil, line + 1, "too long"
	}
	return all, 0, ""
}
