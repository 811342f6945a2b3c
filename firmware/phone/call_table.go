package phone

// gone is the state of a call that is not there: before it came and after it went.
const gone CallState = 255

const (
	onDialled    cause = "dialled"
	onFarRings   cause = "far end rings"
	onEarly      cause = "early media"
	onFaded      cause = "early media ends"
	onAnswered   cause = "answered"
	onComesFree  cause = "came in, phone free"
	onComesBusy  cause = "came in, phone in use"
	onTakenBack  cause = "ringing back, taken"
	onOther      cause = "another call taken"
	onOtherBack  cause = "ringing back, another call taken"
	onRejected   cause = "turned down"
	onSilenced   cause = "silenced"
	onHeld       cause = "held"
	onResumed    cause = "resumed"
	onEnded      cause = "ended"
	onEndedHeard cause = "ended, has the handset"
	onHandset    cause = "handset laid down"
	onBackHeld   cause = "transfer failed, handset in use"
	onReferred   cause = "transferred by the far end"
	onJoined     cause = "joined in a conference"
	onAlone      cause = "alone in the conference"
	onEndedLost  cause = "ended, back to who transferred us"
)

var callTable = []row[CallState]{
	{gone, onDialled, Calling, "The number is called on its account."},
	{gone, onComesFree, Ringing, "180; the phone rings, name and number are shown."},
	{gone, onComesBusy, Waiting, "180; beeps in the ear."},

	{Calling, onFarRings, FarRinging, "180: ringback tone."},
	{Calling, onEarly, Early, "Early media arrives: the far end is heard."},
	{Calling, onAnswered, Talking, "Both are heard."},
	{Calling, onHungUp, gone, "Cancelled here."},
	{Calling, onEndedHeard, Over, "Failed: tone and cause."},

	{FarRinging, onEarly, Early, "Early media arrives: the ringback tone stops, the far end is heard."},
	{FarRinging, onAnswered, Talking, "The ringback tone stops, both are heard."},
	{FarRinging, onHungUp, gone, "Cancelled here."},
	{FarRinging, onEndedHeard, Over, "Failed: tone and cause."},

	{Early, onFaded, FarRinging, "199: the fork that was heard has given up, others ring."},
	{Early, onAnswered, Talking, "Both are heard."},
	{Early, onHungUp, gone, "Cancelled here."},
	{Early, onEndedHeard, Over, "Failed: tone and cause."},

	{Ringing, onTaken, Answering, "Answered here; ringing stops at once."},
	{Ringing, onTakenBack, Talking, "The held call that rang back is resumed."},
	{Ringing, onOther, Waiting, "Beeps instead of ringing."},
	{Ringing, onOtherBack, Held, "Held as before."},
	{Ringing, onSilenced, Ringing, "Rings no more; the caller hears no difference."},
	{Ringing, onRejected, gone, "486, or 480 when nobody came; a call that rang back is ended."},
	{Ringing, onEnded, gone, "The caller gave up, or another phone answered."},

	{Waiting, onTaken, Answering, "Answered here."},
	{Waiting, onRejected, gone, "486, or 480 when nobody came."},
	{Waiting, onEnded, gone, "The caller gave up, or another phone answered."},
	{Waiting, onHandset, Ringing, "The phone is free now: it rings."},

	{Answering, onAnswered, Talking, "Both are heard; the clock of the call starts."},
	{Answering, onHungUp, gone, "Laid down before the call stood."},
	{Answering, onEndedHeard, Over, "The caller gave up as the handset was lifted: tone."},

	{Talking, onHeld, Held, "The far end is put on hold."},
	{Talking, onBackRefused, Held, "The far end would not resume."},
	{Talking, onHungUp, gone, "Ended here."},
	{Talking, onEndedHeard, Over, "The far end hung up: tone, then silence."},

	{Talking, onJoined, Joined, "Conference: both far ends are heard, and hear each other."},
	{Held, onJoined, Joined, "Taken off hold into the conference."},
	{Joined, onHeld, Held, "The conference is put on hold, or split."},
	{Joined, onAlone, Talking, "The other one has left, or the conference was split: a call of two."},
	{Joined, onBackRefused, Held, "The far end would not resume; the other one stays."},
	{Joined, onGiven, Leaving, "Its far end goes on talking to the other one, without us."},
	{Joined, onHungUp, gone, "Ended here, and the other one with it."},
	{Joined, onEnded, gone, "The far end hung up; the other one stays."},

	{Held, onResumed, Talking, "Taken off hold."},
	{Held, onHoldRefused, Talking, "The far end would not be held, and nobody else has the handset."},
	{Held, onHandset, Ringing, "Rings back, so that nobody is forgotten on hold."},
	{Held, onHungUp, gone, "Ended to make room for an emergency call."},
	{Held, onEnded, gone, "The far end hung up; another call or a new number has the handset."},
	{Held, onEndedHeard, Over, "The far end hung up, and the handset waited for it: tone."},

	{Calling, onEndedLost, gone, "The target failed: the one who transferred us is back on the ear."},
	{FarRinging, onEndedLost, gone, "The target failed: the one who transferred us is back on the ear."},
	{Early, onEndedLost, gone, "The target failed: the one who transferred us is back on the ear."},
	{Calling, onGiven, Leaving, "Its number is the target: the agent cancels it."},
	{FarRinging, onGiven, Leaving, "Its number is the target: the agent cancels it."},
	{Early, onGiven, Leaving, "Its number is the target: the agent cancels it."},
	{Talking, onGiven, Leaving, "Its far end is the target of a transfer."},
	{Held, onGiven, Leaving, "Its far end is asked to call the target, or is the target."},
	{Talking, onReferred, Leaving, "Its far end wants us to call somebody else: that is called."},
	{Leaving, onTransferBack, Talking, "The transfer failed: back on the ear."},
	{Leaving, onBackHeld, Held, "The transfer failed: held, while the handset is used for something else."},
	{Leaving, onHandset, Ringing, "The transfer failed with the handset laid down: rings back."},
	{Leaving, onHungUp, gone, "The target has the call: ours is ended. So is one that nobody ended in time."},
	{Leaving, onEnded, gone, "The far end has left."},

	{Over, onHungUp, gone, "The handset is laid down, or used for something else."},
}

// shift moves the machine of the call in slot i.
func (s *step) shift(i int, on cause) {
	c := &s.calls[i]
	to, ok := next(callTable, c.state, on)
	s.moved("call", c.state.String(), to.String(), on, ok)
	c.state = to
}
