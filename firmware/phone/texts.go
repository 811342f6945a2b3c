package phone

import "time"

// Bounds of texts and colleagues.
const (
	MaxWords   = 500 // letters of a text; in bytes four times as many
	MaxTexts   = 20  // texts that are kept
	MaxWatched = 32  // colleagues that are watched
	maxRings   = 1 << 10
)

// A TextID names a text that the phone sends. IDs are never used twice; 0 is none.
type TextID uint64

// A Text is one that came.
type Text struct {
	Peer    Peer
	Account string // label
	At      time.Time
	Words   string
}

// texted takes a text: it is kept, and told once. Do not disturb keeps it silent.
func (s *step) texted(e Texted) {
	if e.Account < 0 || e.Account >= s.settings.NumAccts || e.Words == "" {
		return
	}
	t := Text{Peer: e.Peer.clip(), Account: s.settings.Accounts[e.Account].Label, At: s.at, Words: clip(e.Words, 4*MaxWords)}
	s.saved.Unread = min(s.saved.Unread+1, MaxTexts)
	s.emit(KeepText{Text: t})
	if s.saved.DND {
		return
	}
	s.emit(Beep{Tone: Confirmation})
	if s.numCalls == 0 && s.digits == "" {
		s.setNotice("Text: " + t.Peer.words())
	}
}

// words are the peer's name, else the number.
func (p Peer) words() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Number
}

// compose sends a text through the account that a call to the number would take.
func (s *step) compose(e Compose) {
	r := s.choose(e.Number, e.Account)
	switch {
	case r.words != "":
		s.setNotice(r.words)
		s.emit(Beep{Tone: ErrorTone})
		s.emit(TextOutcome{Words: r.words})
		return
	case r.number == "" || e.Words == "":
		s.refuse()
		s.emit(TextOutcome{Words: "No number or no words"})
		return
	}
	s.lastText++
	s.emit(SendText{Text: s.lastText, Account: r.account, Number: r.number, Words: clip(e.Words, 4*MaxWords)})
	s.setNotice("Sending text")
}

// textDone says what became of a text. Of several on their way, each speaks for itself.
func (s *step) textDone(e TextDone) {
	switch {
	case e.Text == 0 || e.Text > s.lastText:
	case e.Code >= 200 && e.Code < 300:
		s.setNotice("Text sent")
		s.emit(TextOutcome{Text: e.Text, Sent: true, Words: "Text sent"})
	default:
		why := causeOf(e.Code, clip(e.Words, maxText))
		s.setNotice("Text not sent: " + why)
		s.emit(Beep{Tone: ErrorTone})
		s.emit(TextOutcome{Text: e.Text, Words: why})
	}
}
