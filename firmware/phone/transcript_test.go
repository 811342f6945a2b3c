package phone

import (
	"fmt"
	"strconv"
	"strings"
)

// state writes what the user has before him, in one line and one more for each call.
func (b *bench) state() {
	v := b.m.Snapshot()
	var words []string
	say := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	say("= %v %v", b.m.hook, v.Line)
	if b.m.open() && v.Voice != OnHandset {
		say("on the %v", v.Voice)
	}
	if v.Digits != "" {
		say("%q on %s", v.Digits, v.Accounts[v.Account].Label)
	}
	if v.Transfer != 0 {
		say("transfers %d", v.Transfer)
	}
	if v.Tone != Silence {
		say("hears %v", v.Tone)
	}
	switch {
	case b.heard.With != 0:
		say("hears %d and %d", b.heard.Call, b.heard.With)
	case b.heard.Call != 0:
		say("hears %d", b.heard.Call)
	}
	if b.ringing {
		say("rings")
	}
	if v.Muted {
		say("muted")
	}
	if v.DND {
		say("dnd")
	}
	if v.Adjusted != AdjustedNone {
		say("ear %d ring %d", v.Ear, v.Ring)
	}
	if v.Missed > 0 {
		say("missed %d", v.Missed)
	}
	if v.Messages > 0 {
		say("messages %d", v.Messages)
	}
	if v.Unread > 0 {
		say("texts %d", v.Unread)
	}
	for i, w := range v.Watched[:v.NumWatched] {
		words := strings.TrimSpace(fmt.Sprint(i, " ", w.Label, " ", w.Number, " ", w.State, " ", w.Far))
		if w.Pickup {
			words += " to pick up"
		}
		say("%s", words)
	}
	if v.Notice != "" {
		say("says %q", v.Notice)
	}
	fmt.Fprintf(b.out, "  %s\n", strings.Join(words, ", "))
	for _, c := range v.Calls[:v.NumCalls] {
		fmt.Fprintf(b.out, "    %s\n", b.line(c, v.Focus))
	}
}

func (b *bench) line(c CallView, focus CallID) string {
	arrow := "<-"
	if c.Outgoing {
		arrow = "->"
	}
	text := fmt.Sprintf("%d %s %s", c.ID, arrow, strings.TrimSpace(c.Peer.Name+" "+c.Peer.Number))
	text += fmt.Sprintf(" %v for %v", c.State, b.now.Sub(c.Since))
	for _, mark := range []struct {
		on   bool
		word string
	}{
		{c.ID == focus, "focus"}, {c.FarHeld, "holds us"}, {c.Silenced, "silenced"}, {c.Recall, "recall"}, {c.Party, "conference"}, {c.Recorded, "recorded"},
		{c.Codec != "", c.Codec}, {c.Secure, "secure"}, {c.News != "", strconv.Quote(c.News)}, {c.Cause != "", strconv.Quote(c.Cause)},
	} {
		if mark.on {
			text += ", " + mark.word
		}
	}
	return text
}

// describe writes an effect as the scripts show it: Play Busy, StartTimer 3 10s.
func describe(f Effect) string {
	switch f := f.(type) {
	case StartTimer:
		return fmt.Sprintf("StartTimer %d %v", f.ID, f.After)
	case StopTimer:
		return fmt.Sprintf("StopTimer %d", f.ID)
	case Dial:
		if f.PickUp != "" {
			return fmt.Sprintf("Dial %d picks up %q at %s, account %d", f.Call, f.PickUp, f.Number, f.Account)
		}
		return fmt.Sprintf("Dial %d %s account %d", f.Call, f.Number, f.Account)
	case Alert:
		return fmt.Sprintf("Alert %d", f.Call)
	case Accept:
		if f.ByItself {
			return fmt.Sprintf("Accept %d by itself", f.Call)
		}
		return fmt.Sprintf("Accept %d", f.Call)
	case Reject:
		return fmt.Sprintf("Reject %d %d", f.Call, f.Code)
	case HangUp:
		return fmt.Sprintf("HangUp %d", f.Call)
	case Hold:
		return fmt.Sprintf("Hold %d %v", f.Call, onOff(f.On))
	case Transfer:
		return fmt.Sprintf("Transfer %d %s", f.Call, f.Number)
	case TransferTo:
		return fmt.Sprintf("TransferTo %d %d", f.Call, f.Other)
	case Follow:
		return fmt.Sprintf("Follow %d of %d", f.Call, f.Of)
	case Unfollow:
		return fmt.Sprintf("Unfollow %d %d", f.Of, f.Code)
	case EndDigit:
		return fmt.Sprintf("EndDigit %d", f.Call)
	case SendDigit:
		return fmt.Sprintf("SendDigit %d %c", f.Call, f.Digit)
	case Listen:
		if f.With != 0 {
			return fmt.Sprintf("Listen %d with %d", f.Call, f.With)
		}
		return fmt.Sprintf("Listen %d", f.Call)
	case Play:
		return fmt.Sprintf("Play %v", f.Tone)
	case Beep:
		return fmt.Sprintf("Beep %v", f.Tone)
	case Ring:
		if f.Bell > 0 {
			return fmt.Sprintf("Ring %s, bell %d", onOff(f.On), f.Bell)
		}
		return "Ring " + onOff(f.On)
	case Mute:
		return "Mute " + onOff(f.On)
	case Volume:
		if f.Voice != OnHandset {
			return fmt.Sprintf("Volume %v %d ring %d", f.Voice, f.Ear, f.Ring)
		}
		return fmt.Sprintf("Volume ear %d ring %d", f.Ear, f.Ring)
	case Use:
		return fmt.Sprintf("Use %v", f.Voice)
	case Lamps:
		words := fmt.Sprintf("Lamps line %v message %v mute %v", f.Line, f.Message, f.Mute)
		if f.Watch != LampOff {
			words += fmt.Sprintf(" watch %v", f.Watch)
		}
		return words
	case Record:
		if !f.On {
			return fmt.Sprintf("Record %d off", f.Call)
		}
		words := fmt.Sprintf("Record %d on, %s", f.Call, f.Peer.Number)
		if f.Beep {
			words += ", with a beep"
		}
		return words
	case Log:
		e := f.Entry
		way := "from"
		if e.Outgoing {
			way = "to"
		}
		return fmt.Sprintf("Log %v %s %s on %s, %s, talked %v, code %d", e.Outcome, way,
			strings.TrimSpace(e.Peer.Name+" "+e.Peer.Number), e.Account, e.Started.Format("15:04:05"), e.Talked, e.Code)
	case Save:
		text := strings.Replace(fmt.Sprintf("Save %+v", f.Saved), " EarHeadset:0 EarSpeaker:0 Headset:false}", "}", 1)
		return strings.Replace(text, " Unread:0}", "}", 1)
	case Register:
		return fmt.Sprintf("Register %d", f.Account)
	case SendText:
		return fmt.Sprintf("SendText %d %q to %s account %d", f.Text, f.Words, f.Number, f.Account)
	case TextOutcome:
		if f.Sent {
			return fmt.Sprintf("TextOutcome %d sent", f.Text)
		}
		return fmt.Sprintf("TextOutcome %d not sent: %s", f.Text, f.Words)
	case KeepText:
		return fmt.Sprintf("KeepText %q from %s on %s, %s", f.Text.Words, f.Text.Peer.words(), f.Text.Account, f.Text.At.Format("15:04:05"))
	case Status:
		return fmt.Sprintf("Status dnd %s, on the phone %s", onOff(f.DND), onOff(f.OnPhone))
	}
	return fmt.Sprintf("unknown effect %#v", f)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
