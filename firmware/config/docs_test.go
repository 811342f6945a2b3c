package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/offhook/offhook/scripts/golden"
)

const docsFile = "../../docs/config.md"

// docs/config.md is made from the schema: go test ./firmware/config -run Docs -update
func TestDocsAreTheSchema(t *testing.T) {
	golden.File(t, docsFile, reference())
}

func reference() string {
	var b strings.Builder
	b.WriteString(docsHead)
	for _, name := range sections() {
		rows := rowsOf(name)
		if len(rows) == 0 {
			continue
		}
		heading := "[" + name + "]"
		if name == "account" {
			heading = "[[account]]"
		}
		fmt.Fprintf(&b, "\n## %s\n\n| setting | default | |\n|---|---|---|\n", heading)
		for _, s := range rows {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.key[len(name)+1:], strings.ReplaceAll(standing(s), "|", `\|`), strings.ReplaceAll(described(s), "|", `\|`))
		}
	}
	b.WriteString(docsTail)
	return b.String()
}

func rowsOf(section string) []setting {
	var rows []setting
	for _, s := range schema {
		if rest, ok := strings.CutPrefix(s.key, section+"."); ok && !strings.Contains(rest, ".") {
			rows = append(rows, s)
		}
	}
	return rows
}

// standing is a setting's default.
func standing(s setting) string {
	switch {
	case s.required:
		return "required"
	case s.from != "":
		return "from " + s.from
	}
	return "`" + s.def + "`"
}

func described(s setting) string {
	text := s.doc
	switch {
	case s.kind == kindDuration && s.high > 0:
		text += fmt.Sprintf(" %s to %s.", milli(s.low), milli(s.high))
	case s.named() && len(s.choices) > 0:
		text += " Names: " + strings.Join(s.choices, ", ") + "."
	case s.kind == kindText && unnamed(s.choices, s.doc):
		text += " One of: " + strings.Join(s.choices, ", ") + "."
	}
	if s.menu {
		text += " Keys on the phone change it too."
	}
	if s.was != "" {
		text += " Formerly " + s.was + "."
	}
	return text
}

// unnamed reports whether a description leaves out what may be chosen.
func unnamed(choices []string, doc string) bool {
	return slices.ContainsFunc(choices, func(c string) bool { return !strings.Contains(doc, c) })
}

const docsHead = `# offhook.toml

One file holds all settings. ` + "[The sample](../firmware/config/offhook.toml)" + ` shows every one of
them with its default; only what differs needs to stand in yours. This page is made from
the schema in firmware/config; a test holds it and the sample to it.

The file is TOML, UTF-8, up to 64 KiB. Times carry their unit and stand in quotes: "4s",
"15ms", "10m". 'Single quotes' take a password as it stands, backslashes included.

` + "`offhook check FILE`" + ` finds all mistakes at once, in line order, each with what to write
instead, and exits with 1 if there are any:

` + "```" + `
offhook.toml:14:1: account.domain: missing in "Home"; add domain = "pbx.home"
offhook.toml:16:12: account.user: 201 is a number here; put it in quotes
   16 | user     = 201
      |            ^^^ "201"
` + "```" + `

**Whose setting wins.** Built in < provisioned < offhook.toml < what the phone's keys
changed (only settings marked so). ` + "`offhook config`" + ` prints every value and where it
comes from; passwords are masked.

**A bad file** never stops the phone. It goes on with the last settings that were good,
or, when there are none, with the built-in ones; the display shows the line and the reason.
The last good settings lie as last-good.toml in the phone's data folder. The phone never
writes offhook.toml itself.

**No account yet?** Without an [[account]] the phone is 201 at its own built-in exchange:
lift and dial 600 for the echo. A phone with accounts reaches the built-in exchange through
an account whose domain is "exchange.internal" and whose user stands in exchange.users.

**New settings in a running phone.** Menu > Reload, "offhook reload", or SIGHUP to "offhook run"
(with or without a terminal), reads the file again, and the display says what came of it. A
file with mistakes changes nothing: the display shows the line and the reason until the file
was read again without, "offhook reload" and the log name all of them, and a call goes on. Of a
good one

- is used at once, in a call too: every [[account]] (one that is as before keeps its registration; calls go on by the
  settings they began with), [phone], [dial], volumes and codecs, the level of a sidetone that the phone mixes, who
  records, accept and scanners, what keys do, flash times, backlight;
- waits until no call is up and the handset lies, and is named by the display meanwhile: the rest of [network] and
  [sound], where recordings are kept and for how long, [exchange], [log];
- waits for the next start, and is named in the log: pins, parts and debounce in [board], and [admin].

**Renamed settings** work under the old name for two releases, with a warning.
`

const docsTail = `
## How it rings

A call rings as phones of your country do, unless your own server marks it in Alert-Info and
distinctive_ring allows that. Sound and bell keep the rhythm of GR-506, on and off in
milliseconds; a sound that the mark points to is not fetched.

| mark | rings | |
|---|---|---|
| Bellcore-dr1 | 2000 4000 | |
| Bellcore-dr2, alert-internal, urn:alert:source:internal | 800 400 800 4000 | from the house |
| Bellcore-dr3, alert-group, urn:alert:service:forward | 400 200 400 200 800 4000 | for a group, or forwarded |
| Bellcore-dr4, urn:alert:priority:high | 300 200 1000 200 300 4000 | urgent |
| Bellcore-dr5, urn:alert:duration:short | 500 5500 | short |
| Bellcore-dr6, alert-community-1, urn:alert:service:recall | 200 400 200 400 200 4000 | rings back |
| Bellcore-dr7, alert-community-2, urn:alert:source:friend, urn:alert:source:family | 1000 300 300 4000 | friends |
| Bellcore-dr8, alert-community-3, urn:alert:priority:low | 250 9750 | not urgent |
| any other, alert-external, urn:alert:source:external | as the country's | |

A mark may be written <Bellcore-dr2>, <http://127.0.0.1/Bellcore-dr2> or ;info=Bellcore-dr2.

## Not in this version

Known names of settings to come, refused today so that nothing is set in vain: language, microphone,
web_password, provision.
`
