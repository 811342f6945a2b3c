package config

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var commented = regexp.MustCompile(`(?m)^#([a-z_0-9]+ *= )`)

func TestSampleIsGood(t *testing.T) {
	if got := check(string(Sample)); got != "" {
		t.Error(got)
	}
}

// Every "#key = value" of the sample is the real default: with all of them taken out of
// their comments, the phone is the same phone. What comes from the preset is the
// Raspberry Pi's.
func TestSampleShowsTheDefaults(t *testing.T) {
	fromPreset := map[string]bool{}
	for _, s := range schema {
		if i := strings.LastIndexByte(s.key, '.'); s.from == preset {
			fromPreset["#"+s.key[i+1:]] = true
		}
	}
	var sim []string // the sample without what comes from the preset
	for line := range strings.Lines(string(Sample)) {
		if word := strings.Fields(line + " x")[0]; !fromPreset[word] && word != "#message" {
			sim = append(sim, line)
		}
	}
	pi := strings.Replace(string(Sample), `#preset = "sim"`, `preset = "pi-4x4-2004-i2c"`, 1)
	for name, text := range map[string]string{"sim": strings.Join(sim, ""), "pi": pi} {
		full := commented.ReplaceAllString(text, "$1")
		if got := check(full); got != "" || full == text {
			t.Fatalf("%s: %s", name, got)
		}
		as, _ := Parse("offhook.toml", []byte(text), Options{})
		in, _ := Parse("offhook.toml", []byte(full), Options{})
		if diff := cmp.Diff(values(as), values(in)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(as.Phone, in.Phone); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// values is every setting's text by key, wherever it came from.
func values(c Config) map[string]string {
	all := map[string]string{}
	for _, v := range c.Values {
		all[v.Key] = v.Text
	}
	return all
}

// Every row of the schema stands in the sample, in its section, and nothing else does.
func TestSampleHoldsTheSchema(t *testing.T) {
	full := commented.ReplaceAllString(string(Sample), "$1")
	var there []string
	section := ""
	for _, it := range read(open("offhook.toml", []byte(full))) {
		if it.header > 0 {
			if section = it.name(); isMapKey(section) {
				there = append(there, section)
			}
			continue
		}
		if !isMapKey(section) {
			there = append(there, section+"."+it.name())
		}
	}
	var want []string
	for _, s := range schema {
		want = append(want, s.key)
	}
	if diff := cmp.Diff(want, there); diff != "" {
		t.Error(diff)
	}
}
