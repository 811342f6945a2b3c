package doctor

import "fmt"

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
	if s.Heard.Dead {
		return "plug the handset in; alsamixer shows whether its microphone is muted"
	}
	switch s.Heard.Cause {
	case CardBusy:
		return "end the other program"
	case CardMissing:
		return "plug one in; meanwhile files stand in for it, where [sound] directory can be written"
	case CardDenied:
		return "add the user that the phone runs as to the group audio: sudo usermod -aG audio USER"
	case MicrophoneMissing:
		return "name one that has a microphone under [sound], handset; offhook devices lists them"
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
	if v.Cause == NamesUnanswered {
		return "see that the router is on and has its way to the Internet, or name another name server under [network], dns; the server's address in place of " + v.Host + " needs none"
	}
	return fmt.Sprintf("see that %s is spelled right where account %s has it, domain or proxy; the server's address there needs no name", v.Host, v.Account)
}

// unproved is the first server with which TLS fails.
func (s Seen) unproved() Server {
	for _, v := range s.Servers {
		if v.Refused != "" {
			return v
		}
	}
	return Server{}
}

func (s Seen) proofRemedy() string {
	switch v := s.unproved(); v.Cause {
	case Unreached, TLSMissing:
		return fmt.Sprintf("see that the server is on and speaks TLS at that port; account %s asks for it with its transport", v.Account)
	case ClockWrong:
		return "give the router its way to the Internet, or a time server under [network], ntp; if the clock here is right, that of the server is not"
	case CertificateOver:
		return "who runs the server has to renew its certificate"
	case CertificateOthers:
		return fmt.Sprintf("write the name that the certificate is for where account %s has %s, domain or proxy, or ask who runs the server", v.Account, v.Host)
	case ClientUnwelcome:
		return fmt.Sprintf("see that certificate and key of account %s are those that the server gave out for it", v.Account)
	case AuthorityUnknown:
		return fmt.Sprintf("ask who runs the server for the certificate of its authority, and give its file to account %s, ca", v.Account)
	}
	return "ask who runs the server; offhook report gathers what they need to know"
}

// accountRemedy is for the first account that stands badly.
func (s Seen) accountRemedy() string {
	for _, a := range s.Accounts {
		if a.Registered || a.Trying {
			continue
		}
		switch a.Cause {
		case LoginRefused:
			return fmt.Sprintf("see that user, login and password of account %s are those that the server has, then offhook reload, or Menu > Log in again", a.Label)
		case UserUnknown:
			return fmt.Sprintf("see that user and domain of account %s are those that the server has, then offhook reload, or Menu > Log in again", a.Label)
		case Unreached:
			return fmt.Sprintf("see that the server is on, and is where account %s has it: domain, proxy, transport; the phone goes on trying", a.Label)
		case NameUnknown, NamesUnanswered:
			return fmt.Sprintf("see that domain and proxy of account %s are right; the phone goes on trying", a.Label)
		case OtherTransport:
			return fmt.Sprintf("see that transport of account %s, the port in its domain or proxy, and path where it is wss, are those of the server; the phone goes on trying", a.Label)
		}
		return fmt.Sprintf("ask who runs the server of account %s; offhook trace shows what it said", a.Label)
	}
	return ""
}
