package doctor

import (
	"net/netip"
	"time"
)

// Seen is what the probes found. The zero value is a phone of which nothing is known.
type Seen struct {
	Settings   File
	Simulated  bool // the board is not a real one
	HasDisplay bool
	Faults     []Fault // of the board's parts, the display's included
	Heard      Heard
	Links      []Interface // but for the loopback
	Addresses  []netip.Addr
	Servers    []Server
	Time       Time
	Accounts   []Account
	NoPhone    bool // no phone runs: nobody registers
	Media      Media
}

// A File is that of the settings, as it is now.
type File struct {
	Name    string // "offhook.toml"; "": there is none
	Mistake string // the first one: "line 16: account.user: put it in quotes"; "": none
	More    int    // others beside it
	Instead string // which settings are in use because of it: "the settings of 21 Nov 18:02"
	Unread  bool   // it was changed since the phone that runs has read it
}

// A Fault is a part of the board that does not work.
type Fault struct{ Part, Words string }

// Heard is what became of a tone that was played into the handset.
type Heard struct {
	Card    string // its name for people
	Files   bool   // WAV files stand in for a card
	InUse   bool   // somebody talks: it was not tried
	Problem string // it could not be opened or did not move, in words
	Cause   Cause  // of the problem
	Tried   bool
	Dead    bool    // what was recorded is nothing but zeros
	Room    float64 // dBFS at the tone's frequency, before it
	Tone    float64 // and while it played
}

// An Interface is one of the network.
type Interface struct {
	Name string
	Up   bool // has a carrier, and is switched on
}

// A Server is what an account's server was found to be.
type Server struct {
	Account, Host string
	Named         bool // DNS was asked
	Lookup        time.Duration
	NotFound      string // why there is no address, in words
	Secure        bool   // TLS is spoken with it
	Refused       string // why that fails, in words
	Cause         Cause  // why there is no address, or why TLS fails
	Until         time.Time
}

// Time is what is known of the clock.
type Time struct {
	Now   time.Time
	Built time.Time // it cannot be earlier than that
	// Synced: a time server has set it. Known: that could be asked.
	Synced, Known bool
}

// An Account is how one stands with its registrar.
type Account struct {
	Label      string
	Registered bool
	Trying     bool   // nothing is known yet
	Words      string // what is wrong
	Cause      Cause  // of what is wrong
	Code       int    // of the answer; 0: none
}

// Media is whether a port for voice could be had, and a packet from our own address came in.
type Media struct {
	Tried   bool
	Port    int
	Problem string // why there is no port
	Arrived bool
}
