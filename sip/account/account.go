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
	Path      string // of a WebSocket; "": /
	CA        string // PEM of authorities that are trusted beside the system's; "": none
	// Certificate and Key are what TLS shows of the account, as PEM; "": nothing.
	Certificate, Key string
	Proxy            string // outbound proxy, see Way; "" : Domain
	// SecondProxy is another way to the same registrar, see Way: beside Proxy where the
	// registrar does RFC 5626, else in its stead while it fails; "": none.
	SecondProxy string
	Backup      string        // registrar that stands in while the others fail, host:port; "": none
	Outbound    bool          // RFC 5626 and GRUUs are offered to the registrar
	Expires     time.Duration // asked for at the registrar; the registrar decides
	Codecs      []string      // best first, as in the config file: "opus", "g722", "pcma", "pcmu", "l16/16000", "l16/48000"
	// SilenceSuppression leaves out pauses where the far end agrees (RFC 3389, Opus DTX).
	SilenceSuppression bool

	DTMF DTMF // how digits are sent in calls

	SRTP     SRTP // whether media is encrypted
	SRTPKeys Keys // where the keys of our offers come from

	ICE          bool
	STUN, TURN   string // servers, host or host:port; "": none. Only with ICE
	TURNUser     string
	TURNPassword string

	Anonymous       bool   // calls hide who calls
	AnonymousPrefix string // dialled before a number it hides who calls; "": none
	DistinctiveRing bool   // the server may say how a call rings
	Intercom        bool   // callers may ask the phone to answer by itself

	Messages bool // the server is asked about voice mail (RFC 3842)
	Presence bool // our own presence is published (RFC 3903)

	QualityReport string        // SIP URI that is told how calls sounded (RFC 6035); "": nobody
	QualityEvery  time.Duration // and that often while they go on; 0: at their end alone
}

// Transport is how the account reaches its server.
type Transport string

const (
	Auto Transport = "auto" // as DNS says; UDP where it says nothing
	UDP  Transport = "udp"
	TCP  Transport = "tcp"
	TLS  Transport = "tls" // the server proves who it is
	WSS  Transport = "wss" // and so it does here: SIP in a WebSocket (RFC 7118)
)

// Secure reports whether nobody on the way to the server can read along.
func (t Transport) Secure() bool { return t == TLS || t == WSS }

// DTMF is how digits are sent in calls.
type DTMF string

const (
	DTMFAuto   DTMF = "auto"    // as events where the far end can; else as sound, or in INFO beside Opus
	DTMFEvents DTMF = "rfc4733" // as events where the far end can, else as sound
	DTMFSound  DTMF = "inband"  // as sound, events are not offered
	DTMFInfo   DTMF = "info"    // in INFO, unless the far end turns that down
)

// SRTP is whether the media of an account is encrypted.
type SRTP string

const (
	SRTPOff       SRTP = "off"       // never: encrypted calls are refused
	SRTPPreferred SRTP = "preferred" // where the far end can
	SRTPMandatory SRTP = "mandatory" // or there is no call
)

// Keys is where the keys of encrypted media come from in offers of ours.
type Keys string

const (
	SDES Keys = "sdes" // they stand in the signalling
	DTLS Keys = "dtls" // they are agreed on the way that the voice takes
)
