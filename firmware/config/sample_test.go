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
// their comments, the phone is the same phone.
func TestSampleShowsTheDefaults(t *testing.T) {
	full := commented.ReplaceAllString(string(Sample), "$1")
	if got := check(full); got != "" {
		t.Fatal(got)
	}
	as, _ := Parse("offhook.toml", Sample, Options{})
	in, _ := Parse("offhook.toml", []byte(full), Options{})
	if diff := cmp.Diff(values(as), values(in)); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(full, "\n") - strings.Count(string(Sample), "\n"); n != 0 {
		t.Error("the comments were not lines")
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
	full = strings.ReplaceAll(full, "#[", "[")
	var there []string
	section := ""
	for _, it := range read(open("offhook.toml", []byte(full))) {
		if it.header > 0 {
			if section = it.name(); isMapKey(section) {
				there = append(there, section)
			}
			continue
		}
		there = append(there, section+"."+it.name())
	}
	var want []string
	for _, s := range schema {
		want = append(want, s.key)
	}
	if diff := cmp.Diff(want, there); diff != "" {
		t.Error(diff)
	}
}
