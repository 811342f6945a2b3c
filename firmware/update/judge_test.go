package update

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/slots"
)

func TestRefuse(t *testing.T) {
	s := System{Release: Release{"v1.2.0", 1000}, Board: "arm64", Record: slots.Record{Update: slots.Hash{9}, Refused: [slots.MaxRefused]slots.Hash{{9}}}}
	for _, c := range []struct {
		name  string
		offer Offer
		want  string
	}{
		{"newer", Offer{Release{"v1.3.0", 2000}, "arm64", slots.Hash{1}}, ""},
		{"newer by changes", Offer{Release{"v1.2.0-3-gabc", 2000}, "arm64", slots.Hash{1}}, ""},
		{"another board", Offer{Release{"v1.3.0", 2000}, "armhf", slots.Hash{1}}, "Update v1.3.0 is for another board (armhf)"},
		{"older", Offer{Release{"v1.1.9", 2000}, "arm64", slots.Hash{1}}, "Update v1.1.9 is older than v1.2.0"},
		{"older by its time", Offer{Release{"v1.2.0", 999}, "arm64", slots.Hash{1}}, "Update v1.2.0 is older than v1.2.0"},
		{"the same", Offer{Release{"v1.2.0", 1000}, "arm64", slots.Hash{1}}, "Version v1.2.0 is in use already"},
		{"tried in vain", Offer{Release{"v1.3.0", 2000}, "arm64", slots.Hash{9}}, "Update v1.3.0 was tried, and did not work"},
	} {
		if got := s.Refuse(c.offer); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{bundle.ErrKey, "wrong key"},
		{bundle.ErrForeign, "Not an update"},
		{fmt.Errorf("%w: root", bundle.ErrDamaged), "damaged: copy it again"},
		{fmt.Errorf("%w: root", ErrRoom), "No room"},
		{ErrReadBack, "worn out"},
		{ErrConfig, "os_prefix"},
		{errors.New("the stick is gone"), "failed: the stick is gone"},
	} {
		if got := Words(c.err); !strings.Contains(got, c.want) {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}

// What only a board's own firmware reads: which files it is told to load.
func TestPrefix(t *testing.T) {
	const usual = "arm_64bit=1\nos_prefix=a/\nkernel=kernel8.img\n"
	for _, c := range []struct {
		name, config string
		slot         slots.Slot
		other        string
	}{
		{"as it is flashed", usual, slots.A, "arm_64bit=1\nos_prefix=b/\nkernel=kernel8.img\n"},
		{"b", "os_prefix=b/", slots.B, "os_prefix=a/"},
		{"edited on Windows", "os_prefix=a/\r\ndtoverlay=hifiberry-dac\r\n", slots.A, "os_prefix=b/\r\ndtoverlay=hifiberry-dac\r\n"},
		{"a comment before", "#os_prefix=b/\nos_prefix=a/\n", slots.None, ""},
		{"a comment after", "\n#os_prefix=b/\n os_prefix=a/ \n", slots.A, "\n#os_prefix=b/\n os_prefix=b/ \n"},
		{"none", "kernel=kernel8.img\n", slots.None, ""},
		{"two", "os_prefix=a/\n[pi4]\nos_prefix=b/\n", slots.None, ""},
		{"one for a board of its own", "os_prefix=a/\n[pi4]\nos_prefix=mine/\n", slots.None, ""},
		{"another", "os_prefix=c/\n", slots.None, ""},
		{"empty", "", slots.None, ""},
	} {
		s, letter, err := Prefix([]byte(c.config))
		if s != c.slot || (err == nil) != (c.slot != slots.None) {
			t.Errorf("%s: %v, %v", c.name, s, err)
			continue
		}
		if err != nil {
			continue
		}
		if c.config[letter:letter+1] != s.String() {
			t.Errorf("%s: the letter is %q", c.name, c.config[letter])
		}
		was := c.config
		if got, err := TryBoot([]byte(c.config), s.Other()); string(got) != c.other || err != nil || was != c.config {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	if _, err := TryBoot([]byte("kernel=x"), slots.A); !errors.Is(err, ErrConfig) {
		t.Errorf("%v", err)
	}
}

func FuzzPrefix(f *testing.F) {
	f.Add([]byte("os_prefix=a/\r\n"))
	f.Fuzz(func(t *testing.T, config []byte) {
		s, _, err := Prefix(config)
		if err != nil {
			return
		}
		got, err := TryBoot(config, s.Other())
		if err != nil {
			t.Fatal(err)
		}
		if now, _, err := Prefix(got); now != s.Other() || err != nil || len(got) != len(config) {
			t.Errorf("%q became %q", config, got)
		}
	})
}
