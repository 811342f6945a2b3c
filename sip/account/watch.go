package account

// A Watch is one [[watch]] of the config file, checked: a colleague, or a list of them,
// whose state the phone shows.
type Watch struct {
	Account int    // index of the account that asks for it
	Number  string // as it is dialled, or a SIP URI
	Label   string // for the LCD
	Kind    WatchKind
	List    bool // Number is a list that the server keeps (RFC 4662)
}

// WatchKind is what is watched of a colleague.
type WatchKind string

const (
	WatchLine     WatchKind = "line"     // calls (RFC 4235); presence, where the server has no other
	WatchPresence WatchKind = "presence" // RFC 3856
)
