package phone

// String is the name of the tone in transcripts: "DialTone".
func (t Tone) String() string {
	return name(t, "Silence", "DialTone", "StutterDialTone", "NotRegistered", "Ringback", "Busy", "Reorder",
		"Unobtainable", "Howler", "CallWaiting", "Confirmation", "ErrorTone")
}

// String is off, on, blink or flash.
func (l Lamp) String() string { return name(l, "off", "on", "blink", "flash") }

// String is the outcome in one word: "missed".
func (o Outcome) String() string {
	return name(o, "answered", "missed", "rejected", "elsewhere", "cancelled", "busy", "failed")
}

// String is the state in one word: "refused".
func (r RegState) String() string {
	return name(r, "unregistered", "registering", "registered", "refused")
}

// String is the name of the state in docs/call-states.md.
func (l LineState) String() string {
	return name(l, "Idle", "Predial", "DialTone", "Dialling", "Call", "Tone", "Quiet", "Howler")
}

// String is the name of the state in docs/call-states.md.
func (c CallState) String() string {
	if c == gone {
		return "None"
	}
	return name(c, "Calling", "FarRinging", "Early", "Ringing", "Waiting", "Talking", "Held", "Over", "Answering", "Leaving", "Joined")
}

// String is where the voice is in one word: "speaker".
func (v Voice) String() string { return name(v, "handset", "headset", "speaker") }

func (h hookState) String() string { return name(h, "Resting", "Lifted", "Down", "HandsFree") }

// name is the i-th of names; "unknown" for a value that has none.
func name[T ~uint8](i T, names ...string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return "unknown"
}
