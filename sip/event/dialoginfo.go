package event

import (
	"slices"
	"strconv"
)

// DialogType is the body of the dialog package.
const DialogType = "application/dialog-info+xml"

// maxDialogs is how many dialogs of one user are kept.
const maxDialogs = 32

// A Stage is the state of one dialog, or of all of a user, in rising order of what
// another person wants to know.
type Stage uint8

const (
	Gone    Stage = iota // terminated, or none
	Trial                // trying, proceeding: the user calls somebody
	Talking              // confirmed
	Rings                // early, and the user is the one who is called
)

// A Call is one dialog of a watched user (RFC 4235 §4.1).
type Call struct {
	ID     string
	Stage  Stage
	Called bool   // the user is the one who was called
	Name   string // of the far end, for a display; may be empty
	URI    string // of the far end; may be empty
	Target string // where the far end takes requests: its Contact; may be empty
	// The dialog's names as the user's phone knows it (RFC 4235 §4.1.1); "": not told.
	CallID, LocalTag, RemoteTag string
}

// A DialogInfo is one application/dialog-info+xml document.
type DialogInfo struct {
	Version uint32
	Full    bool
	Entity  string
	Calls   []Call
}

// ParseDialogInfo reads such a document. Dialogs beyond 32 are left out.
func ParseDialogInfo(body []byte) (DialogInfo, error) {
	root, err := parseXML(body, "dialog-info")
	if err != nil {
		return DialogInfo{}, err
	}
	version, err := strconv.ParseUint(root.attr("version"), 10, 32)
	if err != nil {
		return DialogInfo{}, ErrBody
	}
	info := DialogInfo{Version: uint32(version), Entity: clean(root.attr("entity"), maxText)}
	switch root.attr("state") {
	case "full":
		info.Full = true
	case "partial":
	default:
		return DialogInfo{}, ErrBody
	}
	for _, d := range root.each("dialog") {
		if len(info.Calls) == maxDialogs {
			break
		}
		id := d.attr("id")
		if id == "" {
			return DialogInfo{}, ErrBody
		}
		c := Call{
			ID: id, Called: d.attr("direction") == "recipient",
			CallID: d.attr("call-id"), LocalTag: d.attr("local-tag"), RemoteTag: d.attr("remote-tag"),
		}
		switch d.child("state").words() {
		case "trying", "proceeding":
			c.Stage = Trial
		case "early":
			c.Stage = Trial
			if d.attr("direction") != "initiator" {
				c.Stage, c.Called = Rings, true
			}
		case "confirmed":
			c.Stage = Talking
		case "terminated":
		default:
			return DialogInfo{}, ErrBody
		}
		far := d.child("remote")
		identity := far.child("identity")
		c.Name, c.URI = clean(identity.attr("display"), maxName), clean(identity.words(), maxText)
		c.Target = clean(far.child("target").attr("uri"), maxText)
		if c.URI == "" {
			c.URI = c.Target
		}
		info.Calls = append(info.Calls, c)
	}
	return info, nil
}

// Dialogs are the dialogs of one watched user, over all documents of a subscription. The
// zero value knows nothing. It is a value: its slice is never written to.
type Dialogs struct {
	known   bool
	version uint32
	calls   []Call
}

// Apply takes one document, in the order of the CSeq numbers that brought them. gap: a
// partial one does not follow the last, and the whole state is to be asked for (RFC 4235
// §4.3).
func (d Dialogs) Apply(info DialogInfo) (next Dialogs, gap bool) {
	switch {
	case info.Full:
		// The order of the NOTIFYs is kept below us. A full document is right whatever its
		// version says, and there are servers that number all of them 0.
	case !d.known || info.Version > d.version+1:
		return d, true
	case info.Version <= d.version:
		return d, false
	}
	calls := slices.Clone(d.calls)
	if info.Full {
		calls = nil
	}
	for _, c := range info.Calls {
		i := slices.IndexFunc(calls, func(k Call) bool { return k.ID == c.ID })
		switch {
		case i >= 0 && c.Stage == Gone:
			calls = slices.Delete(calls, i, i+1)
		case i >= 0:
			calls[i] = c
		case c.Stage != Gone && len(calls) < maxDialogs:
			calls = append(calls, c)
		}
	}
	return Dialogs{true, info.Version, calls}, false
}

// Most is the dialog that says most about the user: one that rings, else one that talks.
// Its Stage is Gone when there is none.
func (d Dialogs) Most() Call {
	var most Call
	for _, c := range d.calls {
		if c.Stage > most.Stage {
			most = c
		}
	}
	return most
}
