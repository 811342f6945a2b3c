package config

import (
	"fmt"
	"net/url"
	"time"
)

// Update is the [update] section: where an SD card looks for new software by itself.
type Update struct {
	URL   string        // of a bundle, https; "": nowhere
	Every time.Duration // how often it is asked for
	Ask   bool          // the user is asked before it is installed
}

func (b *builder) update() Update {
	return Update{URL: b.text("update.url"), Every: b.span("update.every"), Ask: b.flag("update.ask")}
}

// maxURL is how long an address may be, in bytes.
const maxURL = 512

func updateURL(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || len(s) > maxURL || control(s) != "":
		return fmt.Sprintf(`%q is no address; write it like "https://example.com/offhook-arm64.update"`, clip(s))
	case u.Scheme != "https":
		return fmt.Sprintf("%q is not https://; nobody on the way could be kept from changing what comes", clip(s))
	case u.User != nil:
		return "an address with a password in it; anybody may have what is signed, leave the password out"
	}
	return ""
}
