package update

import (
	"errors"
	"fmt"

	"github.com/offhook/offhook/firmware/bundle"
	"github.com/offhook/offhook/firmware/slots"
)

// A System is what an update has to suit.
type System struct {
	Release
	Board  string       // as bundle.Manifest.Board
	Record slots.Record // of the card
}

// An Offer is a bundle whose signature is right.
type Offer struct {
	Release
	Board string
	Hash  slots.Hash
}

// OfferOf is what a bundle offers.
func OfferOf(b *bundle.Reader) Offer {
	m := b.Manifest
	return Offer{Release: Release{m.Version, m.Built}, Board: m.Board, Hash: b.Hash}
}

// Refuse says why an offer does not suit, in words for a person; "": it does.
func (s System) Refuse(o Offer) string {
	switch c := Compare(o.Release, s.Release); {
	case o.Board != s.Board:
		return fmt.Sprintf("Update %s is for another board (%s)", o.Version, o.Board)
	case s.Record.Knows(o.Hash):
		return fmt.Sprintf("Update %s was tried, and did not work", o.Version)
	case c == 0:
		return fmt.Sprintf("Version %s is in use already", o.Version)
	case c < 0:
		return fmt.Sprintf("Update %s is older than %s", o.Version, s.Version)
	}
	return ""
}

// Same says that an offer is what runs.
func (s System) Same(o Offer) bool { return o.Board == s.Board && Compare(o.Release, s.Release) == 0 }

// Words says what is wrong with a file, for a person.
func Words(err error) string {
	switch {
	case errors.Is(err, bundle.ErrForeign):
		return "Not an update of this phone"
	case errors.Is(err, bundle.ErrKey):
		return "Update has a wrong key: it is not from the maker of this phone"
	case errors.Is(err, bundle.ErrDamaged):
		return "Update is damaged: copy it again"
	case errors.Is(err, ErrRoom):
		return "No room on the card for this update: flash it anew"
	case errors.Is(err, ErrReadBack):
		return "The card did not keep what was written: it may be worn out"
	case errors.Is(err, ErrConfig):
		return "config.txt was changed: " + ErrConfig.Error()
	}
	return "Update failed: " + err.Error()
}

// What may be wrong with the card.
var (
	ErrRoom     = errors.New("no room")
	ErrReadBack = errors.New("read back, it differs")
	ErrConfig   = errors.New("it needs one line os_prefix=a/ or os_prefix=b/")
)
