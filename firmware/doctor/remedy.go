package doctor

import (
	"fmt"
	"strings"
)

// remedy is what to do about a layer that fails: what a person at the phone can do, and in
// which setting or with which command.
func (s Seen) remedy(l Layer) string {
	switch l {
	case Settings:
		in := s.Settings.Instead
		if in == "" {
			in = "what the phone read before"
		}
		return fmt.Sprintf("mend that and save; offhook check %s names every mistake; until then %s is in use, and was examined", s.Settings.Name, in)
	case Pins:
		return "offhook wiring draws where each wire goes, offhook learn finds out where they go"
	case Display:
		return "offhook wiring draws its wires; docs/hardware/display.md tells what a dark one needs"
	case Sound:
		return s.soundRemedy()
	case Link:
		if len(s.Links) == 0 {
			return "plug in a network adapter"
		}
		return "plug the cable in at both ends, or give wifi and wifi_password under [network]"
	case Address:
		return "switch the router on, or give an address under [network]"
	case DNS:
		return s.nameRemedy()
	case Clock:
		return "give the router its way to the Internet, or a time server under [network], ntp"
	case TLS:
		return s.proofRemedy()
	case Registration:
		return s.accountRemedy()
	case RTP:
		if s.Media.Problem != "" {
			return "give other ports under [network], rtp_ports"
		}
		return "let this computer's firewall take UDP at rtp_ports, 30000-30199 if the settings do not say"
	}
	return ""
}

func (s Seen) soundRemedy() string {
	switch h := s.Heard; {
	case h.Dead:
		return "plug the handset in; alsamixer shows whether its microphone is muted"
	case strings.Contains(h.Problem, "used by another"):
		return "end the other program"
	case strings.Contains(h.Problem, "no sound card"):
		return "plug one in; until then files stand in for it, as [sound] directory says"
	}
	return "offhook devices lists the cards that there are, by the names that [sound] takes"
}

// notFound is the account whose server's name leads nowhere, and that server.
func (s Seen) notFound() Server {
	for _, v := range s.Servers {
		if v.NotFound != "" {
			return v
		}
	}
	return Server{}
}

func (s Seen) nameRemedy() string {
	v := s.notFound()
	if strings.Contains(v.NotFound, "do not answer") {
		return "see that the router is on and has its way to the Internet, or name another name server under [network], dns; the server's address in place of " + v.Host + " needs none"
	}
	return fmt.Sprintf("see that %s is spelled right where account %s has it, domain or proxy; the server's address there needs no name", v.Host, v.Account)
}

func (s Seen) proofRemedy() string {
	for _, v := range s.Servers {
		switch {
		case v.Refused == "":
		case strings.Contains(v.Refused, "expired"):
			return "who runs the server has to renew its certificate"
		case strings.Contains(v.Refused, "no connection"), strings.Contains(v.Refused, "no TLS"):
			return fmt.Sprintf("see that the server is on and speaks TLS at that port; account %s asks for it with its transport", v.Account)
		}
	}
	return "ask who runs the server; where it has an authority of its own, ca in the account names the file with it"
}

// accountRemedy is for the first account that stands badly.
func (s Seen) accountRemedy() string {
	for _, a := range s.Accounts {
		if a.Registered || a.Trying {
			continue
		}
		switch words := a.Words; {
		case a.Code == 401, a.Code == 403, a.Code == 407, strings.HasPrefix(words, "login"):
			return fmt.Sprintf("see that user, login and password of account %s are those that the server has, then offhook reload, or Menu > Log in again", a.Label)
		case a.Code == 404:
			return fmt.Sprintf("see that user and domain of account %s are those that the server has, then offhook reload, or Menu > Log in again", a.Label)
		case a.Code == 408, words == "", strings.HasPrefix(words, "no answer"), strings.HasPrefix(words, "no connection"), strings.HasPrefix(words, "no network"):
			return fmt.Sprintf("see that the server is on, and is where account %s has it: domain, proxy, transport; the phone goes on trying", a.Label)
		case strings.HasPrefix(words, "server not found"), strings.HasPrefix(words, "name servers"):
			return fmt.Sprintf("see that domain and proxy of account %s are right; the phone goes on trying", a.Label)
		}
		return fmt.Sprintf("ask who runs the server of account %s; offhook trace shows what it said", a.Label)
	}
	return ""
}
