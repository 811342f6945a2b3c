// Package ui is what a person sees and what their keys mean: menus, lists, screens. It is
// pure: Step turns keys into events for the phone and effects, Render draws a frame. It
// refuses to know a device, a clock, a file or the network: time, rows and notices are given.
package ui

import (
	"time"

	"github.com/offhook/offhook/firmware/doctor"
	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// State is the user interface between two events. It is a value and compares with ==.
// The zero State knows no keys; Configured gives them.
type State struct {
	Now      time.Time // of the last event, in the zone that the clock shows
	Notices  Notices
	settings Settings
	view     phone.Snapshot // as last told by Shown
	touched  time.Time      // when a key or the hook last moved, or a call came
	dialled  hal.Key        // the digit that was pressed last, while its key is down; 0: none
	page     page
	cursor   int // entry of the page
	rows     Rows
	open     phone.Text      // on textPage and replyPage
	texts    int             // texts that are kept
	book     int             // entries in the phone book
	since    time.Time       // when this screen came up: pictures alternate from then
	faults   [5]string       // words of each of faultParts
	heard    Measured        // of the call in focus
	sound    string          // Notices.Sound as the user knows it: from before the call
	entry    phone.Entry     // on detailPage
	from     int             // its place in the list
	left     time.Time       // when * closed the menu last
	reread   bool            // on reloadPage: the file was read
	missing  bool            // there was none
	found    doctor.Findings // on doctorPage; zero: not yet
	report   string          // on reportPage: what became of it; "": not yet
	unasked  bool            // updatePage opened by itself
}

// Settings are what the wiring and offhook.toml say about the user interface.
type Settings struct {
	Keys      string // keys that exist, as in hal.Parts
	Functions Functions
	Calls     [MaxCallKeys]CallKey // of the keys whose function is CallNumber
	Backlight time.Duration        // dark after this long without a touch; 0: always lit
	Dark      bool                 // never lit
	Version   string               // shown under About
	File      string               // name of the settings file; "": there is none yet, it would be offhook.toml
	Fresh     bool                 // that file has no account yet; the phone is at its own exchange
	Quality   bool                 // the call screen shows delay, loss and MOS in turn
	// Replies are the words that a text can be answered with; "": none.
	Replies [MaxReplies]string
}

// MaxReplies is how many answers by text there can be.
const MaxReplies = 8

// Notices are what station tells the user beside the phone's own state.
type Notices struct {
	Config     ConfigProblem
	Later      string // "SIP port": of new settings, what waits until no call is up; "": nothing
	Sound      string // "No sound card: WAV files"; "": all well
	SoundAside bool   // it is of a card that a phone at rest does not use
	Storage    string // "Not saved: the disk is full"; "": what is saved is kept
	Network    Network
	Update     Update
	ClockUnset bool // the time is not known yet: "--:--"
}

// ConfigProblem is the first mistake in the settings file; Words "" means none.
type ConfigProblem struct {
	File  string // without its folder
	Line  int
	Words string // `user needs quotes: user = "201"`
	Total int    // how many there are
	Fatal bool   // no old settings run: the built-in ones do
}

// Network is how the phone is connected.
type Network struct {
	Address  string    // "192.168.1.57"; "": none
	Down     bool      // there is no network
	Needless bool      // an account is registered or refused all the same, by a server on this computer
	Words    string    // why: "No cable plugged in"
	Since    time.Time // when it went down
}

// An Event is one thing that happened. The set is closed.
type Event interface{ event() }

// Input is an input of the panel.
type Input struct{ Input hal.Input }

// Shown tells the phone's new snapshot: after each phone.Step that changed it.
type Shown struct {
	Snapshot phone.Snapshot
	At       time.Time
}

// Tick tells the time; NextRedraw says when one is due.
type Tick struct{ At time.Time }

// Configured sets the settings.
type Configured struct{ Settings Settings }

// Noticed sets the notices.
type Noticed struct{ Notices Notices }

// Reread tells that the settings file was read again: the notices say what came of it. At rest
// the display shows that for a while, whoever asked for it.
type Reread struct {
	Missing bool // there is no such file
}

// Booked tells how many entries the phone book has; 0: the menu does not offer it.
type Booked struct{ Entries int }

// Filed tells how many texts are kept; 0: the menu does not offer them.
type Filed struct{ Texts int }

// Measured tells how the call in focus sounds.
type Measured struct {
	Call    phone.CallID
	Quality phone.Quality
}

// PageRows is how many rows one Rows carries at most.
const PageRows = 12

// Rows answers AskRows.
type Rows struct {
	List   List
	Offset int // of Rows[0] in the list
	Total  int // entries in the list
	Rows   [PageRows]phone.Entry
	Texts  [PageRows]phone.Text // of the list Texts, in place of Rows
	Count  int                  // rows that are there
}

func (Input) event()      {}
func (Shown) event()      {}
func (Tick) event()       {}
func (Configured) event() {}
func (Noticed) event()    {}
func (Reread) event()     {}
func (Booked) event()     {}
func (Filed) event()      {}
func (Measured) event()   {}
func (Rows) event()       {}

// A List is a list kept by the store.
type List uint8

const (
	Calls List = iota // the call log, newest first
	Book              // the phone book by name; only Peer (and Account) of each entry count
	Texts             // that came, newest first
)

// An Effect is one thing to do. The set is closed.
type Effect interface{ effect() }

// ToPhone is an event for the phone.
type ToPhone struct{ Event phone.Event }

// AskRows asks for Rows.
type AskRows struct {
	List   List
	Offset int
	Count  int // PageRows
}

// Reload asks to read the settings file again.
type Reload struct{}

func (ToPhone) effect() {}
func (AskRows) effect() {}
func (Reload) effect()  {}
