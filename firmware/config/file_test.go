package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWholeFile(t *testing.T) {
	utf16 := []byte{0xff, 0xfe}
	for _, c := range "[phone]\n" {
		utf16 = append(utf16, byte(c), 0)
	}
	for _, tt := range []struct {
		name string
		text []byte
		want string
	}{
		{"empty", nil, "o: empty; put the settings into it"},
		{"blank", []byte(" \r\n\t\n"), "o: empty; put the settings into it"},
		{"BOM and CRLF", []byte("\ufeff[phone]\r\nname\t=\t\"Flur\"\r\n"), ""},
		{"BOM counts for no column", []byte("\ufeffname = \"Flur\"\r\n"), "o:1:1: name: no such setting; it belongs under [phone]"},
		{"CRLF in a mistake", []byte("[phone]\r\nname = 5\r\n"), "o:2:8: phone.name: 5 is a number here; put it in quotes"},
		{"columns are characters", []byte("[log]\nrooms = { 'ü' = 5 }\n"), "o:2:17: log.rooms: 5 is a number here; put it in quotes"},
		{"UTF-16", utf16, "o: saved as UTF-16; save it as UTF-8"},
		{"Latin-1", []byte("[phone]\nname = \"K\xfcche\"\n"), "o:2:10: not UTF-8 from here on; save the file as UTF-8"},
		{"zero bytes", []byte("[phone]\n\x00\x00\x00\x00"), "o:2:1: not text from here on; the file is damaged"},
		{"large", bytes.Repeat([]byte("# comment\n"), 7000), "o: larger than 64 KiB; this is no settings file"},
		{"only comments", []byte("# nothing\n"), ""},
	} {
		_, ms := Parse("o", tt.text, Options{})
		got := ""
		if len(ms) > 0 {
			got = ms[0].String()
		}
		if got != tt.want || len(ms) > 1 {
			t.Errorf("%s: %v\nwant %s", tt.name, ms, tt.want)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	locked := filepath.Join(dir, "locked.toml")
	if err := os.WriteFile(locked, Sample, 0); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.toml"):       "none.toml: no such file",
		dir:                                   filepath.Base(dir) + ": not a file but a folder or a device",
		"/dev/zero":                           "zero: not a file but a folder or a device",
		locked:                                "locked.toml: may not be read; its owner must allow that",
		filepath.Join(locked, "offhook.toml"): "offhook.toml: cannot be read: not a directory",
	} {
		if path == locked && os.Getuid() == 0 {
			continue // root may read all
		}
		c, ms := Load(path, Options{})
		if len(ms) != 1 || ms[0].String() != want {
			t.Errorf("%s: %v", path, ms)
		}
		if c.Phone.NumAccts != 1 {
			t.Errorf("%s: not the built-in settings", path)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	good  = "[phone]\nname = \"Flur\"\n"
	good2 = "[phone]\nname = \"Bad\"\n"
	bad   = "[phone]\nname = 5\n"
)

func TestLastGoodSettingsStayInUse(t *testing.T) {
	dir := t.TempDir()
	data := t.TempDir()
	file := filepath.Join(dir, "offhook.toml")
	load := func() (Config, Status) { return LoadOrLastGood(file, data, Options{}) }

	if c, s := load(); s.Use != UseBuiltIn || len(s.Mistakes) != 1 || !c.NoAccount {
		t.Errorf("nothing there: %+v", s)
	}
	write(t, file, bad)
	if _, s := load(); s.Use != UseBuiltIn || s.Mistakes[0].Line != 2 {
		t.Errorf("bad at first: %+v", s)
	}
	write(t, file, good)
	c, s := load()
	if s.Use != UseFile || c.Phone.Name != "Flur" || len(s.Mistakes) != 0 {
		t.Errorf("good: %+v", s)
	}
	if err := c.Keep(data); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(data, lastGood)
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("passwords for all to read: %v %v", info.Mode(), err)
	}
	old := time.Date(2026, 11, 21, 18, 2, 0, 0, time.UTC)
	if err := os.Chtimes(kept, old, old); err != nil {
		t.Fatal(err)
	}
	if err := c.Keep(data); err != nil { // the same: written no more
		t.Fatal(err)
	}
	for name, wreck := range map[string]func(){
		"bad": func() { write(t, file, bad) }, "gone": func() { os.Remove(file) },
		"cut": func() { write(t, file, "[phone\nna") }, "zeros": func() { write(t, file, strings.Repeat("\x00", 4096)) },
	} {
		wreck()
		c, s := load()
		if s.Use != UseLastGood || c.Phone.Name != "Flur" || !s.Since.Equal(old) || len(s.Mistakes) == 0 || s.Mistakes[0].File != "offhook.toml" {
			t.Errorf("%s: %q, %+v", name, c.Phone.Name, s)
		}
		if err := c.Keep(data); err != nil {
			t.Fatal(err)
		}
	}
	write(t, file, good2)
	c, _ = load()
	if err := c.Keep(data); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(kept); string(b) != good2 {
		t.Errorf("kept %q", b)
	}
	left, _ := os.ReadDir(data)
	if len(left) != 1 {
		t.Errorf("temporary files are left: %v", left)
	}
	write(t, kept, bad) // the data folder too is damaged
	write(t, file, bad)
	if _, s := load(); s.Use != UseBuiltIn {
		t.Errorf("both bad: %+v", s)
	}
}

func TestKeepSaysWhyNot(t *testing.T) {
	c, _ := Parse("o", []byte(good), Options{})
	if err := c.Keep(filepath.Join(t.TempDir(), "none")); err == nil || !strings.HasPrefix(err.Error(), "config: keep the settings: ") {
		t.Error(err)
	}
	if err := Default(Options{}).Keep("/proc/none"); err != nil {
		t.Error("the built-in settings were kept:", err)
	}
}

func TestWithoutAFile(t *testing.T) {
	c, s := LoadOrLastGood("", t.TempDir(), Options{})
	if s.Use != UseBuiltIn || len(s.Mistakes) > 0 || c.File != "" {
		t.Errorf("%+v", s)
	}
}
