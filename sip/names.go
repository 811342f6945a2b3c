package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/emiago/sipgo/sip"

	"github.com/offhook/offhook/sip/dialog"
	"github.com/offhook/offhook/sip/syntax"
)

// token is n random letters and digits, of 5 bits each (RFC 3261 §19.3 wants 32 bits).
func token(n int) string {
	b := make([]byte, (n*5+7)/8)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))[:n]
}

// localTag is the To tag that we give to a request from outside any dialog: the same for
// each of its copies and for the CANCEL, and unknown to others.
func (a *Agent) localTag(req *sip.Request) string {
	m := hmac.New(sha256.New, a.secret[:])
	if h := req.CallID(); h != nil {
		m.Write([]byte(h.Value()))
	}
	m.Write([]byte{0})
	if h := req.From(); h != nil {
		tag, _ := h.Params.Get("tag")
		m.Write([]byte(tag))
	}
	m.Write([]byte{0})
	if h := req.Via(); h != nil {
		branch, _ := h.Params.Get("branch")
		m.Write([]byte(branch))
	}
	return hex.EncodeToString(m.Sum(nil)[:10])
}

// parties are the From and To headers of a head.
func parties(h dialog.Head) (*sip.FromHeader, *sip.ToHeader, error) {
	from, to := &sip.FromHeader{}, &sip.ToHeader{}
	var err error
	if from.DisplayName, err = sip.ParseAddressValue(h.From, &from.Address, &from.Params); err != nil {
		return nil, nil, fmt.Errorf("from: %w", err)
	}
	if to.DisplayName, err = sip.ParseAddressValue(h.To, &to.Address, &to.Params); err != nil {
		return nil, nil, fmt.Errorf("to: %w", err)
	}
	return from, to, nil
}

// party is an address as a From or To value without tag. The display name is kept as it
// was sent, quotes and all.
func party(name string, uri sip.Uri) string {
	if name == "" {
		return "<" + uri.String() + ">"
	}
	return `"` + name + `" <` + uri.String() + ">"
}

// shown is text from the network fit for a display: no control or format characters,
// quoted pairs undone, at most 64 letters.
func shown(s string) string {
	var b strings.Builder
	n, escaped := 0, false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			continue
		}
		if n++; n > 64 {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// number is the user part of a URI for a display; without one, its host.
func number(u sip.Uri) string {
	if u.Scheme == "tel" {
		digits, _, _ := strings.Cut(strings.TrimPrefix(u.String(), "tel:"), ";")
		return shown(digits)
	}
	if u.User == "" {
		return shown(u.Host)
	}
	return shown(unescape(u.User))
}

// unescape undoes %hh (RFC 3261 §19.1.2); what is not such an escape stays.
func unescape(s string) string {
	text, _ := syntax.Unescape(s)
	return text
}

// escape writes a dialled number as the user part of a URI (RFC 3261 §25.1, user).
func escape(s string) string { return syntax.Escape(s, syntax.User) }

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// maxName is how many letters of a name of ours go out.
const maxName = 32

// quotable is a name as it may stand between quotes (RFC 3261 §25.1, quoted-string).
func quotable(name string) string {
	var b strings.Builder
	n := 0
	for _, r := range name {
		if unicode.IsControl(r) || r == '"' || r == '\\' || n == maxName {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
