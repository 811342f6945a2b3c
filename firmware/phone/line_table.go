package phone

const (
	onDigit       cause = "digit"
	onDeleted     cause = "digit deleted"
	onLastDeleted cause = "last digit deleted"
	onSent        cause = "number sent"
	onFailed      cause = "try failed"
	onTaken       cause = "call taken"
	onReturned    cause = "back to a held call"
	onPutOnHold   cause = "put on hold"
	onEndedHere   cause = "ended by key"
	onFarEnd      cause = "far end ended"
	onCameIn      cause = "call came in"
	onHoldRefused cause = "hold refused"
	onBackRefused cause = "resume refused"
	onTimeout     cause = "timeout"
	onForgotten   cause = "forgotten"

	onSplit cause = "conference split"

	onTransfer     cause = "transfer key"
	onGiven        cause = "given to the target"
	onTransferred  cause = "transferred"
	onTransferBack cause = "transfer failed"
	onFollowed     cause = "far end transfers us"
)

var lineTable = []row[LineState]{
	{LineIdle, onLifted, LineDialTone, "Dial tone; stutter when messages wait; another tone when no account is registered."},
	{LineIdle, onOpened, LineDialTone, "The Speaker key: dial tone, hands-free."},
	{LineIdle, onDigit, LinePredial, "On-hook dialling begins."},
	{LineIdle, onSent, LineCall, "Redial, phone book, hotline: the number is called."},
	{LineIdle, onFailed, LineTone, "The number cannot be called; the LCD says why."},
	{LineIdle, onTaken, LineCall, "The ringing call, or the held one that rings back, gets the handset."},

	{LinePredial, onDigit, LinePredial, "The digit joins the others."},
	{LinePredial, onDeleted, LinePredial, "The last digit is taken back."},
	{LinePredial, onLastDeleted, LineIdle, "Nothing is dialled any more."},
	{LinePredial, onTimeout, LineIdle, "The digits are forgotten."},
	{LinePredial, onCameIn, LineIdle, "The digits give way to the call that rings."},
	{LinePredial, onSent, LineCall, "Lifted, # or Send: the number is called."},
	{LinePredial, onFailed, LineTone, "The number cannot be called; the LCD says why."},

	{LineDialTone, onDigit, LineDialling, "The dial tone stops."},
	{LineDialTone, onSent, LineCall, "Redial or phone book: the number is called."},
	{LineDialTone, onFailed, LineTone, "The number cannot be called; the LCD says why."},
	{LineDialTone, onTaken, LineCall, "The waiting call is answered."},
	{LineDialTone, onReturned, LineCall, "Flash or Hold: the held call is resumed."},
	{LineDialTone, onFlash, LineDialTone, "No call is held: dial tone starts anew."},
	{LineDialTone, onGiven, LineQuiet, "Transfer: the call on hold is given to the other one."},
	{LineDialTone, onTransferBack, LineCall, "The call that was given away is back on the ear."},
	{LineDialTone, onForgotten, LineTone, "No digit in time: reorder tone."},
	{LineDialTone, onHungUp, LineIdle, "Nothing was dialled; held and waiting calls ring."},

	{LineDialling, onDigit, LineDialling, "The digit map judges the digits; the inter-digit timer starts anew."},
	{LineDialling, onDeleted, LineDialling, "The last digit is taken back."},
	{LineDialling, onLastDeleted, LineDialTone, "Dial tone again."},
	{LineDialling, onSent, LineCall, "Whole number, #, Send or a pause: the number is called."},
	{LineDialling, onFailed, LineTone, "The number is barred or cannot be called; the LCD says why."},
	{LineDialling, onTaken, LineCall, "The waiting call is answered; the digits are forgotten."},
	{LineDialling, onReturned, LineCall, "Flash or Hold: the held call is resumed; the digits are forgotten."},
	{LineDialling, onFlash, LineDialTone, "No call is held: dialling begins anew."},
	{LineDialling, onGiven, LineQuiet, "Transfer, or laid down: the call on hold is given to the number."},
	{LineDialling, onHungUp, LineIdle, "The digits are forgotten; held and waiting calls ring."},

	{LineCall, onSent, LineCall, "Phone book while talking: the call is held, the number is called."},
	{LineCall, onTaken, LineCall, "Flash, Hold or Send: the waiting call is answered; the call before it is held, a try is cancelled."},
	{LineCall, onReturned, LineCall, "Two calls change places, or a try is cancelled and the held call resumed."},
	{LineCall, onJoined, LineCall, "The Conference key, or flash and 3: the held call joins the one in the ear."},
	{LineCall, onSplit, LineCall, "The Conference key in a conference: one far end is held, the other stays."},
	{LineCall, onFlash, LineDialTone, "The call is held, or the try cancelled: dial tone for another number."},
	{LineCall, onTransfer, LineDialTone, "The Transfer key: the call is held, dial tone for the target."},
	{LineCall, onGiven, LineQuiet, "Transfer, or laid down: both calls leave the handset."},
	{LineCall, onFollowed, LineCall, "The far end transfers us: the target is called; what comes of it is heard."},
	{LineCall, onPutOnHold, LineQuiet, "The Hold key: the call, or the whole conference, is held."},
	{LineCall, onEndedHere, LineDialTone, "The Reject key with the handset lifted: the call is over, dial tone."},
	{LineCall, onFarEnd, LineTone, "Busy, reorder or unobtainable tone, with the cause on the LCD."},
	{LineCall, onBackRefused, LineQuiet, "The far end would not resume: the call stays held."},
	{LineCall, onHungUp, LineIdle, "The call is ended; held and waiting calls ring."},

	{LineTone, onDigit, LineDialling, "The tone stops: a new number."},
	{LineTone, onSent, LineCall, "Redial or phone book: the number is called."},
	{LineTone, onFailed, LineTone, "The next try fails as well."},
	{LineTone, onTaken, LineCall, "The waiting call is answered."},
	{LineTone, onReturned, LineCall, "Flash or Hold: the held call is resumed."},
	{LineTone, onFlash, LineDialTone, "Dial tone for another number."},
	{LineTone, onEndedHere, LineDialTone, "The Reject key with the handset lifted: dial tone."},
	{LineTone, onTimeout, LineQuiet, "The tone has sounded long enough."},
	{LineTone, onForgotten, LineHowler, "Nobody is there: the howler."},
	{LineTone, onHungUp, LineIdle, "The handset is laid down; hands-free: the tone has sounded long enough."},

	{LineQuiet, onDigit, LineDialling, "A new number; what is held stays held."},
	{LineQuiet, onSent, LineCall, "Redial or phone book: the number is called."},
	{LineQuiet, onFailed, LineTone, "The number cannot be called; the LCD says why."},
	{LineQuiet, onTaken, LineCall, "The waiting call is answered."},
	{LineQuiet, onReturned, LineCall, "Flash or Hold: the held call is resumed."},
	{LineQuiet, onFlash, LineDialTone, "No call is held: dial tone."},
	{LineQuiet, onFarEnd, LineTone, "The only held call was ended by the far end."},
	{LineQuiet, onHoldRefused, LineCall, "The far end would not be held: the call goes on."},
	{LineQuiet, onTransferred, LineDialTone, "The target has the call: dial tone."},
	{LineQuiet, onTransferBack, LineCall, "The call that was given away is back on the ear."},
	{LineQuiet, onForgotten, LineHowler, "Nobody is there: the howler."},
	{LineQuiet, onHungUp, LineIdle, "Held and waiting calls ring."},

	{LineHowler, onDigit, LineDialling, "The howler stops: a new number."},
	{LineHowler, onSent, LineCall, "Redial or phone book: the number is called."},
	{LineHowler, onFailed, LineTone, "The number cannot be called; the LCD says why."},
	{LineHowler, onFlash, LineDialTone, "Dial tone."},
	{LineHowler, onCameIn, LineQuiet, "The howler gives way to the beeps of a waiting call."},
	{LineHowler, onTimeout, LineQuiet, "The howler has sounded long enough, and does not come again."},
	{LineHowler, onHungUp, LineIdle, "The howler stops."},
}

// turn moves the line machine and sets up the state that it enters: its timer is started,
// and digits outlive only the states that collect them.
func (s *step) turn(on cause) {
	from := s.line
	to, ok := next(lineTable, from, on)
	s.moved("line", from.String(), to.String(), on, ok)
	s.line = to
	if to != LinePredial && to != LineDialling {
		s.digits = ""
	}
	if to != LineTone {
		s.forgotten = false
	}
	s.stop(timerLine)
	if after := s.lineTime(from); after > 0 {
		s.start(timerLine, after)
	}
}
