package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/sip/account"
)

// most is how many accounts a phone can have.
const most = min(phone.MaxAccounts, account.MaxAccounts)

// accounts fills in Accounts, NoAccount and whether the exchange is on.
func (b *builder) accounts(c *Config) {
	from := b.accountLayer()
	count := len(from.accounts)
	if count > most {
		b.complainAccount(most, "account.user", flaw{words: fmt.Sprintf("%d accounts; the phone has room for %d", count, most), what: "one too many"})
		count = most
	}
	for i := range count {
		c.Accounts = append(c.Accounts, b.one(i, c))
	}
	b.twice(c.Accounts)
	mode := b.text("exchange.enabled")
	c.NoAccount = count == 0
	// With a proxy of its own the account is at another phone's exchange.
	inside := func(a account.Account) bool { return a.Domain == ExchangeDomain && a.Proxy == a.Domain }
	c.Exchange.Enabled = mode == "on" || mode == "auto" && (c.NoAccount || slices.ContainsFunc(c.Accounts, inside))
	if c.NoAccount && c.Exchange.Enabled {
		c.Accounts = standIn(&c.Exchange, c.Sound)
		if name := b.text("phone.name"); name != DefaultName {
			c.Accounts[0].Name = name
		}
	}
	for i, a := range c.Accounts {
		if !inside(a) {
			continue
		}
		c.Accounts[i].Proxy = c.Exchange.Listen.String()
		known := slices.ContainsFunc(c.Exchange.Users, func(u User) bool { return u.Name == a.User })
		switch {
		case !c.Exchange.Enabled:
			b.complainAccount(i, "account.domain", flaw{words: `the built-in exchange is off; set exchange.enabled = "on"`, what: "exchange is off"})
		case !known && a.User != "":
			b.complainAccount(i, "account.user", flaw{words: fmt.Sprintf("%s is not among exchange.users", clip(a.User)), what: "not in exchange:"})
		}
	}
}

// standIn is the account of a phone that was given none, and its user at the exchange.
func standIn(e *Exchange, s Sound) []account.Account {
	if len(e.Users) == 0 {
		e.Users = []User{{"201", "201"}}
	}
	u := e.Users[0]
	a := account.Account{Label: "Home", User: u.Name, Domain: ExchangeDomain, Password: u.Password, Codecs: s.Codecs, SilenceSuppression: s.SilenceSuppression, Outbound: true, DistinctiveRing: true}
	return []account.Account{a.Filled()}
}

// accountLayer is the highest layer with accounts: they are not mixed.
func (b *builder) accountLayer() source {
	for _, l := range b.layers {
		if len(l.accounts) > 0 {
			return l
		}
	}
	return b.layers[0]
}

// account is a setting of the account with index i.
func (b *builder) account(i int, key string) any {
	b.used[key] = true
	name := fmt.Sprintf("account[%d].%s", i, strings.TrimPrefix(key, account1))
	from := b.accountLayer()
	if g, ok := from.accounts[i][key]; ok && g.val != nil {
		line := 0
		if from.origin == File {
			line = g.line
		}
		b.note(name, key, g.val, from.origin, line)
		return g.val
	}
	b.note(name, key, defaults()[key], BuiltIn, 0)
	return defaults()[key]
}

// one is the account with index i, checked.
func (b *builder) one(i int, c *Config) account.Account {
	text := func(key string) string { s, _ := b.account(i, account1+key).(string); return s }
	a := account.Account{
		Label:     text("label"),
		Name:      text("name"),
		User:      text("user"),
		Domain:    text("domain"),
		Login:     text("login"),
		Password:  text("password"),
		Transport: account.Transport(text("transport")),
		Path:      text("path"),
		Proxy:     text("proxy"),

		SecondProxy: text("second_proxy"),
		Backup:      text("backup"),
		Codecs:      c.Sound.Codecs,
		SRTP:        account.SRTP(text("srtp")),
		DTMF:        account.DTMF(text("dtmf")),
		SRTPKeys:    account.Keys(text("srtp_keys")),
		STUN:        text("stun"),
		TURN:        text("turn"),
		TURNUser:    text("turn_user"),
	}
	a.SilenceSuppression = c.Sound.SilenceSuppression
	if phone := b.text("phone.name"); a.Name == "" && phone != DefaultName {
		a.Name = phone
	}
	a.AnonymousPrefix = text("anonymous_prefix")
	a.Anonymous, _ = b.account(i, "account.anonymous").(bool)
	a.Intercom, _ = b.account(i, "account.intercom").(bool)
	a.DistinctiveRing, _ = b.account(i, "account.distinctive_ring").(bool)
	a.Outbound, _ = b.account(i, "account.outbound").(bool)
	a.Expires, _ = b.account(i, "account.expires").(time.Duration)
	a.ICE, _ = b.account(i, "account.ice").(bool)
	a.TURNPassword = text("turn_password")
	a.CA, a.Certificate, a.Key = b.secureFiles(i, c)
	a.Messages, _ = b.account(i, "account.messages").(bool)
	a.Messages = a.Messages && a.Domain != ExchangeDomain // which has no voice mail
	a.Presence, _ = b.account(i, "account.presence").(bool)
	a.QualityReport = text("quality_report")
	if a.QualityEvery, _ = b.account(i, "account.quality_every").(time.Duration); a.QualityEvery > 0 && a.QualityEvery < leastTimeout {
		b.complainAccount(i, "account.quality_every", flaw{words: fmt.Sprintf("%v; at least %v, or 0s: at the end alone", a.QualityEvery, leastTimeout), what: "too short"})
	}
	from := b.accountLayer()
	for _, p := range a.Check() {
		s := lookup(account1 + p.Key)
		if s == nil { // codecs, checked as sound.codecs
			continue
		}
		g, given := from.accounts[i][s.key]
		if from.origin == File && (given && g.val != nil || !s.required) {
			b.complainAccount(i, s.key, flaw{words: p.Words})
		}
	}
	if a.Password == "" && from.accounts[i]["account.password"].val != nil && from.origin == File {
		b.complainAccount(i, "account.password", flaw{words: "empty; put your provider's password between the quotes", what: "is empty"})
	}
	return a.Filled()
}

// twice reports labels and prefixes that two accounts share.
func (b *builder) twice(all []account.Account) {
	labels, prefixes := map[string]bool{}, map[string]bool{}
	for i, a := range all {
		if labels[a.Label] && a.Label != "" {
			b.complainAccount(i, "account.label", flaw{words: fmt.Sprintf("%q is another account's label too", a.Label), what: "is there twice"})
		}
		labels[a.Label] = true
		prefix, _ := b.account(i, "account.prefix").(string)
		if prefix != "" && prefixes[prefix] {
			b.complainAccount(i, "account.prefix", flaw{words: fmt.Sprintf("%q is another account's prefix too", prefix), what: "is there twice"})
		}
		prefixes[prefix] = true
	}
}
