package doctor

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// lcd is the display's name in faults.
const lcd = "lcd"

func (s Seen) settings() (Verdict, string) {
	f := s.Settings
	more := ""
	switch {
	case f.More == 1:
		more = ", and 1 mistake more"
	case f.More > 1:
		more = fmt.Sprintf(", and %d mistakes more", f.More)
	}
	switch {
	case f.Name == "":
		return None, "no offhook.toml: those built in are in use"
	case f.Mistake != "":
		return Bad, f.Name + " " + f.Mistake + more
	case f.Unread:
		return Unsure, f.Name + " was changed, and the phone has not taken it: offhook reload, or Menu > Reload settings"
	}
	return Good, f.Name + " has no mistakes"
}

func (s Seen) pins() (Verdict, string) {
	if s.Simulated {
		return None, "the board is simulated"
	}
	var bad []string
	for _, f := range s.Faults {
		if f.Part != lcd {
			bad = append(bad, f.Part+": "+f.Words)
		}
	}
	if len(bad) > 0 {
		return Bad, strings.Join(bad, "; ")
	}
	return Good, "keys, hook and lamps have their lines; press each to see that it does what it says"
}

func (s Seen) display() (Verdict, string) {
	if !s.HasDisplay {
		return None, "there is none"
	}
	for _, f := range s.Faults {
		if f.Part == lcd {
			return Bad, f.Words
		}
	}
	if s.Simulated {
		return None, "it is drawn"
	}
	return Good, "it answers, or hangs on pins, which cannot be asked"
}

// heardAt is how many dB a tone must stand above the room to be called heard.
const heardAt = 10

func (s Seen) sound() (Verdict, string) {
	h := s.Heard
	card := h.Card
	if card == "" {
		card = "the sound card"
	}
	switch {
	case h.InUse:
		return None, "not tried: a call has the sound"
	case h.Files:
		return Unsure, "no card: WAV files stand in"
	case h.Problem != "" && h.Card == "":
		return Bad, h.Problem
	case h.Problem != "":
		return Bad, card + ": " + h.Problem
	case !h.Tried:
		return None, "not tried"
	case h.Dead:
		return Bad, card + " plays, and records nothing but zeros: its microphone is muted or not plugged in"
	case h.Tone-h.Room >= heardAt:
		return Good, fmt.Sprintf("%s: the tone was heard, %.0f dB above the room (%.0f dBFS)", card, h.Tone-h.Room, h.Room)
	}
	return Unsure, fmt.Sprintf("%s plays and records, and its microphone (%.0f dBFS) does not hear the tone: hold the handset's ends together, or listen", card, h.Room)
}

func (s Seen) link() (Verdict, string) {
	var up, down []string
	for _, l := range s.Links {
		if l.Up {
			up = append(up, l.Name)
		} else {
			down = append(down, l.Name)
		}
	}
	switch {
	case len(up) > 0:
		return Good, strings.Join(up, ", ") + " is up"
	case len(down) > 0:
		return Bad, strings.Join(down, ", ") + ": no cable plugged in, or no Wi-Fi"
	}
	return Bad, "this computer has no network interface"
}

func (s Seen) address() (Verdict, string) {
	var good, own []string
	for _, a := range s.Addresses {
		switch {
		case a.IsLoopback():
		case a.IsLinkLocalUnicast():
			own = append(own, a.String())
		default:
			good = append(good, a.String())
		}
	}
	switch {
	case len(good) > 0:
		return Good, strings.Join(good, ", ")
	case hasIPv4(s.Addresses):
		return Bad, strings.Join(own, ", ") + " was chosen without anybody's help: no DHCP server answers"
	}
	return Bad, "no address: no DHCP server answers"
}

// hasIPv4 says whether there is a link-local address of IPv4 (RFC 3927), which is taken where
// DHCP gave none. Every interface has one of IPv6.
func hasIPv4(all []netip.Addr) bool {
	for _, a := range all {
		if a.Is4() && a.IsLinkLocalUnicast() {
			return true
		}
	}
	return false
}

// slowLookup is what a person notices before each call.
const slowLookup = 2 * time.Second

func (s Seen) dns() (Verdict, string) {
	named, slowest := []string{}, time.Duration(0)
	for _, v := range s.Servers {
		switch {
		case v.NotFound != "":
			return Bad, v.Host + ": " + v.NotFound
		case v.Named:
			named, slowest = append(named, v.Host), max(slowest, v.Lookup)
		}
	}
	switch {
	case len(named) == 0:
		return None, "no account needs names"
	case slowest > slowLookup:
		return Unsure, fmt.Sprintf("%s found, after %.1f s: another name server answers sooner", strings.Join(named, ", "), slowest.Seconds())
	}
	return Good, fmt.Sprintf("%s found in %d ms", strings.Join(named, ", "), slowest.Milliseconds())
}

func (s Seen) clock() (Verdict, string) {
	t := s.Time
	switch {
	case t.Now.Before(t.Built):
		return Bad, "the clock stands at " + t.Now.Format("2 Jan 2006") + ", before this phone was made: no time server answers"
	case t.Known && !t.Synced:
		return Unsure, t.Now.Format("2 Jan 2006 15:04") + ", not set by a time server"
	case t.Known:
		return Good, t.Now.Format("2 Jan 2006 15:04") + ", set by a time server"
	}
	return Good, t.Now.Format("2 Jan 2006 15:04")
}

// soonOver is how long before its end a certificate is worth a word.
const soonOver = 7 * 24 * time.Hour

func (s Seen) tls() (Verdict, string) {
	var good []string
	v := Good
	for _, one := range s.Servers {
		switch {
		case one.Refused != "":
			return Bad, one.Refused
		case !one.Secure || one.Until.IsZero():
		case one.Until.Sub(s.Time.Now) < soonOver:
			v, good = Unsure, append(good, fmt.Sprintf("the certificate of %s ends %s", one.Host, one.Until.Format("2 Jan")))
		default:
			good = append(good, fmt.Sprintf("%s proves who it is, until %s", one.Host, one.Until.Format("2 Jan 2006")))
		}
	}
	if len(good) == 0 {
		return None, "no account uses it"
	}
	return v, strings.Join(good, "; ")
}

func (s Seen) registration() (Verdict, string) {
	if s.NoPhone {
		return None, "no phone runs here"
	}
	var bad, ready, trying []string
	for _, a := range s.Accounts {
		switch words := a.Words; {
		case a.Registered:
			ready = append(ready, a.Label)
		case a.Trying:
			trying = append(trying, a.Label)
		default:
			if words == "" {
				words = "no answer"
			}
			if a.Code > 0 {
				words += fmt.Sprintf(" (%d)", a.Code)
			}
			bad = append(bad, a.Label+": "+words)
		}
	}
	switch {
	case len(bad) > 0:
		return Bad, strings.Join(bad, "; ")
	case len(trying) > 0:
		return Unsure, strings.Join(trying, ", ") + " is being registered"
	case len(ready) == 0:
		return None, "there is no account"
	}
	return Good, strings.Join(ready, ", ") + " ready"
}

func (s Seen) rtp() (Verdict, string) {
	m := s.Media
	switch {
	case !m.Tried:
		return None, "not tried"
	case m.Problem != "":
		return Bad, "no port for voice: " + m.Problem
	case !m.Arrived:
		return Bad, fmt.Sprintf("a packet to port %d of our own did not arrive: a firewall on this computer", m.Port)
	}
	return Good, fmt.Sprintf("port %d takes packets; a router on the way was not asked", m.Port)
}
