package config

import (
	"strings"
	"testing"
	"time"
)

func TestClasses(t *testing.T) {
	for name, want := range map[string]int{
		"ef": 46, "EF": 46, "none": 0, "cs1": 8, "cs3": 24, "cs7": 56, "af11": 10, "af31": 26, "AF43": 38, "46": 46, "1": 1, "63": 63,
		"": -1, "cs0": -1, "cs8": -1, "af01": -1, "af14": -1, "af51": -1, "64": -1, "0": -1, "-1": -1, "best": -1, "efx": -1,
	} {
		got, ok := classOf(name)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d, %v", name, got, ok)
		}
		if words := class(name); (words == "") != ok {
			t.Errorf("%q: %q", name, words)
		}
	}
}

func TestCollectors(t *testing.T) {
	for _, good := range []string{"", "sip:quality@pbx.home", "sips:q@10.0.0.2:5061"} {
		if words := collector(good); words != "" {
			t.Errorf("%q: %s", good, words)
		}
	}
	for _, bad := range []string{"quality@pbx.home", "sip:pbx.home", "sip:@pbx", "sip:q@", "sip:q@h\r\nX: y", "sip:q@h?x=y", "sip:q@h " + strings.Repeat("x", 300), "<sip:q@h>"} {
		if words := collector(bad); words == "" {
			t.Errorf("%q is taken", bad)
		}
	}
}

// The settings that say how calls are marked, judged and ended, and what is wrong with them.
func TestQualitySettings(t *testing.T) {
	const account = "[[account]]\nuser='1'\ndomain='a'\npassword='x'\n"
	c, ms := Parse("o", []byte("[phone]\nshow_quality = true\n"+account+"quality_report = 'sip:q@a'\nquality_every = '60s'\n"+
		"[network]\nvoice_class = 'none'\nsip_class = 'af31'\nvoice_timeout = '60s'\n"), Options{})
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	if n := c.Network; n.VoiceClass != 0 || n.SIPClass != 26 || n.VoiceTimeout != time.Minute || !c.ShowQuality {
		t.Errorf("%+v", n)
	}
	if a := c.Accounts[0]; a.QualityReport != "sip:q@a" || a.QualityEvery != time.Minute {
		t.Errorf("%+v", a)
	}
	_, ms = Parse("o", []byte(account+"quality_report = 'q@a'\nquality_every = '5s'\n[network]\nvoice_class = 'best'\nvoice_timeout = '2s'\n"), Options{})
	var all []string
	for _, m := range ms {
		all = append(all, m.String())
	}
	want := []string{
		`o:5:18: account.quality_report: "q@a" is no SIP address; write "sip:quality@pbx.home"`,
		`o:6:17: account.quality_every: 5s; at least 10s, or 0s: at the end alone`,
		`o:8:15: network.voice_class: "best" is no class; write ` + classWords,
		`o:9:17: network.voice_timeout: 2s; at least 10s, or 0s: never`,
	}
	if strings.Join(all, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(all, "\n"), strings.Join(want, "\n"))
	}
}
