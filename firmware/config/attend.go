package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/sip/account"
)

// MaxReplies is how many answers by text there can be, maxReply how many letters each has.
const (
	MaxReplies = 8
	maxReply   = 60
)

// colleague checks a number, user or SIP address to be watched.
func colleague(s string) string {
	if s == "" {
		return "empty; a number, user or SIP address is needed here"
	}
	return colleagueOrNone(s)
}

func colleagueOrNone(s string) string {
	switch {
	case len(s) > 128:
		return "too long; 128 characters at most"
	case strings.ContainsAny(s, " \t<>\"") || control(s) != "":
		return fmt.Sprintf("%q has a character that no SIP address may have", clip(s))
	}
	return ""
}

// reply checks words to answer a text with.
func reply(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "empty; words are needed here"
	case utf8.RuneCountInString(s) > maxReply:
		return fmt.Sprintf("%q is too long; %d letters at most", clip(s), maxReply)
	}
	return control(s)
}

// attend fills in who is watched and the answers by text.
func (b *builder) attend(c *Config) {
	names := of[map[string]string](b, "phone.colleagues")
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.Watches = append(c.Watches, account.Watch{Label: name, Number: names[name], Kind: account.WatchLine})
	}
	if n := len(c.Watches); n > phone.MaxWatched {
		b.complain("phone.colleagues", flaw{words: fmt.Sprintf("%d colleagues; the phone has room for %d", n, phone.MaxWatched), what: "has too many"})
	}
	if !c.NoAccount {
		for i := range c.Accounts {
			if list, _ := b.account(i, "account.blf_list").(string); list != "" {
				c.Watches = append(c.Watches, account.Watch{Account: i, Number: list, Kind: account.WatchLine, List: true})
			}
		}
	}
	c.Texts = of[[]string](b, "phone.texts")
	if n := len(c.Texts); n > MaxReplies {
		b.complain("phone.texts", flaw{words: fmt.Sprintf("%d texts; %d at most", n, MaxReplies), what: "has too many"})
		c.Texts = c.Texts[:MaxReplies]
	}
}
