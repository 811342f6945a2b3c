package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseUsers(t *testing.T) {
	for _, c := range []struct {
		text, words string
		line        int
		want        []User
	}{
		{"", "", 0, nil},
		{"# of the house\n\n203 three\n  204\tfour words # of it \r\n", "", 0, []User{{"203", "three"}, {"204", "four words # of it"}}},
		{"203 three\n204\n", "no password after 204", 2, nil},
		{"201 one", "201 is there twice", 1, nil},
		{"203 a\n203 b", "203 is there twice", 2, nil},
		{"203 a\x01b", "the password has a line break or another control character in it", 1, nil},
		{"2@3 x", `"2@3": write only the part before the @; the rest is the domain`, 1, nil},
		{"203 " + strings.Repeat("x", 1<<20), "too long", 1, nil},
	} {
		all, line, words := parseUsers([]byte(c.text), map[string]bool{"201": true})
		if line != c.line || words != c.words || cmp.Diff(c.want, all) != "" {
			t.Errorf("%.40q: %v, line %d: %s", c.text, all, line, words)
		}
	}
}

// The file lies beside the settings, its users count like those of the settings, and the
// built-in user, whose password everybody knows, is gone.
func TestUsersFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, "%d secret-%d\n", 10_000+i, i)
	}
	write("users", b.String())
	settings := "[exchange]\nlisten = '0.0.0.0:5070'\nusers_file = 'users'\n"
	c, ms := Load(write("offhook.toml", settings), Options{})
	if len(ms) > 0 || len(c.Exchange.Users) != 10_000 || c.Exchange.Users[7] != (User{"10007", "secret-7"}) {
		t.Fatal(ms, len(c.Exchange.Users))
	}
	if c, ms = Load(write("offhook.toml", settings+"users = { 201 = 'one' }\n"), Options{}); len(ms) > 0 || len(c.Exchange.Users) != 10_001 {
		t.Error(ms, len(c.Exchange.Users))
	}
	data := t.TempDir()
	if err := c.Keep(data); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "offhook.toml"))
	os.Remove(filepath.Join(dir, "users")) // the card is gone
	if c, s := LoadOrLastGood(filepath.Join(dir, "offhook.toml"), data, Options{}); s.Use != UseLastGood || len(c.Exchange.Users) != 10_001 {
		t.Errorf("last good: %+v, %d users", s, len(c.Exchange.Users))
	}
	write("users", "201 x\n202\n")
	write("empty", "# nobody\n")
	for _, tt := range []struct{ file, want string }{
		{"users", "offhook.toml:3:14: exchange.users_file: users, line 2: no password after 202"},
		{"nowhere", "offhook.toml:3:14: exchange.users_file: nowhere: no such file"},
		{"empty", "offhook.toml:3:14: exchange.users_file: empty: no user in it"},
	} {
		_, ms := Load(write("offhook.toml", strings.Replace(settings, "'users'", "'"+tt.file+"'", 1)), Options{})
		if len(ms) != 1 || ms[0].String() != tt.want {
			t.Errorf("%s: %v", tt.file, ms)
		}
	}
	// Text that came from elsewhere names no file of ours.
	if c, ms := Parse("o", []byte(settings), Options{}); len(ms) > 0 || len(c.Exchange.Users) > 1 {
		t.Error(ms, c.Exchange.Users)
	}
}

func FuzzUsers(f *testing.F) {
	f.Add("201 one\n#\n202\ttwo three\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, line, words := parseUsers([]byte(text), map[string]bool{})
		if (words == "") != (line == 0) {
			t.Errorf("line %d: %s", line, words)
		}
		for _, u := range all {
			if u.Name == "" || u.Password == "" || strings.ContainsAny(u.Name, " \t\n@") {
				t.Errorf("%q", u)
			}
		}
	})
}
