package ui

import (
	"strings"

	"github.com/offhook/offhook/firmware/phone"
	"github.com/offhook/offhook/hal"
)

// A Function is what a function key does.
type Function uint8

const (
	None Function = iota
	Menu
	Hold
	Redial // deletes the last digit while dialling
	Mute   // silences a ringing call, turns down a waiting one
	Send
	Delete
	Flash
	VolumeUp
	VolumeDown
	DND
	Reject
	Mailbox // calls the voice mail
	Pickup  // takes the call that rings at a colleague's
	Transfer
	Conference // joins two calls, and splits them again
	Speaker    // hands-free
	Headset
	Record     // begins to record the call, and ends it
	CallNumber // calls the number of its key: see CallKey
)

// FunctionNames are the functions by their name in board.keypad.functions.
var FunctionNames = map[string]Function{
	"none": None, "menu": Menu, "hold": Hold, "redial": Redial, "mute": Mute,
	"send": Send, "delete": Delete, "flash": Flash, "volume_up": VolumeUp,
	"volume_down": VolumeDown, "dnd": DND, "mailbox": Mailbox, "pickup": Pickup, "reject": Reject, "transfer": Transfer, "conference": Conference,
	"speaker": Speaker, "headset": Headset, "record": Record,
}

// Functions says what each key does, by its legend in ASCII. It compares with ==.
type Functions [128]Function

// DefaultFunctions are A menu, B hold, C redial, D mute and the volume keys.
func DefaultFunctions() Functions {
	var f Functions
	f['A'], f['B'], f['C'], f['D'] = Menu, Hold, Redial, Mute
	f[hal.VolumeUp], f[hal.VolumeDown] = VolumeUp, VolumeDown
	return f
}

// FunctionsOf returns the defaults changed by named, key legend to function name, as in
// wiring.Wiring.Functions. Unknown names and legends are left out: wiring.Check reports them.
func FunctionsOf(named map[string]string) Functions {
	f := DefaultFunctions()
	for legend, name := range named {
		function, known := FunctionNames[name]
		if strings.HasPrefix(name, callPrefix) {
			function, known = CallNumber, true
		}
		if len(legend) == 1 && legend[0] < 128 && known {
			f[legend[0]] = function
		}
	}
	return f
}

// press is the phone's function of f; phone.FunctionNone where ui does it alone.
func (f Function) press() phone.Function {
	switch f {
	case Hold:
		return phone.FunctionHold
	case Redial:
		return phone.FunctionRedial
	case Mute:
		return phone.FunctionMute
	case Send:
		return phone.FunctionSend
	case Delete:
		return phone.FunctionDelete
	case Flash:
		return phone.FunctionFlash
	case VolumeUp:
		return phone.FunctionVolumeUp
	case VolumeDown:
		return phone.FunctionVolumeDown
	case DND:
		return phone.FunctionDND
	case Reject:
		return phone.FunctionReject
	case Mailbox:
		return phone.FunctionMailbox
	case Pickup:
		return phone.FunctionPickup
	case Transfer:
		return phone.FunctionTransfer
	case Conference:
		return phone.FunctionConference
	case Speaker:
		return phone.FunctionSpeaker
	case Headset:
		return phone.FunctionHeadset
	case Record:
		return phone.FunctionRecord
	}
	return phone.FunctionNone
}
