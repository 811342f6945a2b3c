package dialog

import (
	"fmt"
	"strings"
)

// line is an event or effect in one line: its name and what is set in it.
func line(v any) string {
	switch v := v.(type) {
	case Reply:
		s := fmt.Sprintf("Reply %d to %d", v.Code, v.Seq)
		if v.Tag != "" {
			s += " by " + v.Tag
		}
		if v.RSeq != 0 {
			s += fmt.Sprintf(", RSeq %d", v.RSeq)
		}
		if v.Timing != (Timing{}) {
			s += ", " + spoken(v.Timing)
		}
		if v.Answerable {
			s += ", answerable"
		}
		for _, t := range v.Targets {
			s += fmt.Sprintf(", %s q %d", t.URI, t.Q)
		}
		return s
	case SendInvite:
		return fmt.Sprintf("SendInvite %d %s, address %d, hold %v, %s", v.Head.Seq, v.Head.URI, v.Hop, v.Hold, spoken(v.Timing))
	case SendUpdate:
		return fmt.Sprintf("SendUpdate %d %s, %s", v.Head.Seq, v.Head.URI, spoken(v.Timing))
	case Reinvite:
		s := fmt.Sprintf("Reinvite %d", v.Seq)
		if !v.Offer {
			s += ", without an offer"
		}
		if v.Contact != "" {
			s += " from " + v.Contact
		}
		if v.Party != "" {
			s += ", who is " + v.Party
		}
		if v.Refuse != 0 {
			s += fmt.Sprintf(", useless %d", v.Refuse)
		}
		if v.Timing != (Timing{}) {
			s += ", " + spoken(v.Timing)
		}
		return s
	case Pracked:
		s := fmt.Sprintf("Pracked %d: %d %d", v.Seq, v.RSeq, v.Invite)
		if v.Answer {
			s += ", with an answer"
		}
		if v.Offer {
			s += ", with an offer"
		}
		if v.Refuse != 0 {
			s += fmt.Sprintf(", useless %d", v.Refuse)
		}
		return s
	case Locate:
		if v.Proxy {
			return "Locate proxy " + v.URI
		}
		return "Locate " + v.URI
	case Inside:
		return strings.TrimSuffix(fmt.Sprintf("%s %d inside, by %s", v.Method, v.Seq, v.Tag), ", by ")
	case HangUp:
		if v.Reason == 0 {
			return "HangUp"
		}
	case Alert:
		if !v.Offer {
			return "Alert"
		}
	case SendCancel:
		return strings.TrimSuffix(fmt.Sprintf("SendCancel %d, %s", v.Seq, why(v.Reason)), ", ")
	case Updated:
		s := fmt.Sprintf("Updated %d", v.Seq)
		if v.Party != "" {
			s += ", who is " + v.Party
		}
		if v.Tag != "" {
			s += " by " + v.Tag
		}
		if v.Offer {
			s += ", with an offer"
		}
		if v.Refuse != 0 {
			s += fmt.Sprintf(", useless %d", v.Refuse)
		}
		if v.Timing != (Timing{}) {
			s += ", " + spoken(v.Timing)
		}
		return s
	case SendAck:
		return fmt.Sprintf("SendAck %d %s to %s", v.Head.Seq, v.Head.URI, v.Head.To)
	case SendBye:
		return strings.TrimSuffix(fmt.Sprintf("SendBye %d %s to %s, %s", v.Head.Seq, v.Head.URI, v.Head.To, why(v.Reason)), ", ")
	case SendPrack:
		return fmt.Sprintf("SendPrack %d %s to %s: %d %d", v.Head.Seq, v.Head.URI, v.Head.To, v.RSeq, v.Invite)
	case Opened:
		return fmt.Sprintf("Opened with %s", v.Dialog.Remote)
	case Respond:
		s := fmt.Sprintf("Respond %d", v.Code)
		if v.RSeq != 0 {
			s += fmt.Sprintf(", RSeq %d", v.RSeq)
		}
		if v.Inside {
			s += " inside"
		}
		if v.Body {
			s += ", with our description"
		}
		if v.Timing != (Timing{}) {
			s += ", " + spoken(v.Timing)
		}
		if v.Retry != 0 {
			s += fmt.Sprintf(", Retry-After %v", v.Retry)
		}
		return s
	case Established:
		s := fmt.Sprintf("Established with %s at %s", v.Dialog.Remote, v.Dialog.Target)
		if v.Life.Every != 0 {
			s += fmt.Sprintf(" for %v, refreshed by us %v", v.Life.Every, v.Life.Mine)
		}
		return s
	case StartTimer:
		return fmt.Sprintf("StartTimer %v %v", v.Timer, v.After)
	case StopTimer:
		return fmt.Sprintf("StopTimer %v", v.Timer)
	case Lost:
		if v.Unsent {
			return fmt.Sprintf("Lost %d, unsent", v.Seq)
		}
		return fmt.Sprintf("Lost %d", v.Seq)
	case Expired:
		return fmt.Sprintf("Expired %v", v.Timer)
	}
	return strings.TrimPrefix(strings.TrimSuffix(fmt.Sprintf("%T%+v", v, v), "{}"), "dialog.")
}

func why(reason int) string {
	if reason == 0 {
		return ""
	}
	return fmt.Sprintf("because %d", reason)
}

// spoken is a timing as it stands in headers.
func spoken(t Timing) string {
	var parts []string
	if t.Every != 0 {
		s := fmt.Sprintf("expires %v", t.Every)
		if t.Refresher != Unsaid {
			s += " " + t.Refresher.String()
		}
		parts = append(parts, s)
	}
	if t.Min != 0 {
		parts = append(parts, fmt.Sprintf("min %v", t.Min))
	}
	return strings.Join(parts, ", ")
}
