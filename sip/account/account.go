// Package account is the specification of one SIP account: what offhook.toml says of it
// and what may be wrong with that. It registers nothing; sip does.
package account

import "time"

// An Account is one [[account]] of the config file, checked.
type Account struct {
	Label     string // up to 8 letters, for the LCD
	Name      string // display name that those who are called see; "": none
	User      string // user part of the address of record
	Domain    string // PBX or provider: host, or host:port, without "sip:"
	Login     string // authentication name; "" : User
	Password  string
	Transport Transport
	Proxy     string        // outbound proxy, host:port; "" : Domain
	Expires   time.Duration // asked for at the registrar; the registrar decides
	Codecs    []string      // best first, as in the config file: "opus", "pcma", "pcmu"
}

// Transport is how the account reaches its server.
type Transport string

const (
	Auto Transport = "auto" // UDP until DNS or the size of a request says otherwise
	UDP  Transport = "udp"
	TCP  Transport = "tcp"
)
