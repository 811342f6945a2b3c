package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/offhook/offhook/firmware/phone"
)

// deaf is after how long without sound from the far end the call screen says so.
const deaf = 5 * time.Second

// measured is how call c sounds; false: it is not known.
func (s *State) measured(c phone.CallView) (phone.Quality, bool) {
	q := s.heard.Quality
	return q, s.heard.Call == c.ID && c.ID != 0 && q.Known()
}

// silent says that nothing is heard of a far end that should be.
func (s *State) silent(c phone.CallView) bool {
	return s.heard.Call == c.ID && c.State == phone.Talking && s.heard.Quality.Quiet >= deaf
}

// judged says that the menu has something to say about the call in focus.
func (s *State) judged() bool {
	for _, c := range calls(&s.view) {
		if c.ID == s.view.Focus && (c.State == phone.Talking || c.State == phone.Joined) {
			return true
		}
	}
	return false
}

// qualityLines say how a call sounds, the most telling first, each at most 13 letters long.
func qualityLines(q phone.Quality) []string {
	if !q.Known() {
		return []string{"Nothing heard"}
	}
	lines := []string{
		strings.ToUpper(q.Words[:1]) + q.Words[1:] + fmt.Sprintf(", MOS %.1f", q.MOS),
		delay(q.Delay),
		lost(q.Lost),
	}
	if q.There > 0 {
		lines = append(lines, fmt.Sprintf("They hear %.1f", q.There))
	}
	return append(lines, fmt.Sprintf("Jitter %d ms", q.Jitter.Milliseconds()), q.Codec)
}

func delay(d time.Duration) string { return fmt.Sprintf("Delay %d ms", d.Milliseconds()) }

func lost(percent float64) string {
	if percent >= 9.95 {
		return fmt.Sprintf("%.0f %% lost", percent)
	}
	return fmt.Sprintf("%.1f %% lost", percent)
}

// live are the lines of the quality page: how the call in focus sounds now.
func (s State) live() []string {
	for _, c := range calls(&s.view) {
		if c.ID == s.view.Focus {
			q, _ := s.measured(c)
			return qualityLines(q)
		}
	}
	return []string{"Call ended"}
}

// figures is the picture that takes turns with that of a call: how it sounds.
func (d drawer) figures(call []string, q phone.Quality) []string {
	rows := append([]string(nil), call...)
	mos := fmt.Sprintf("MOS %.1f", q.MOS)
	if !d.tall() {
		first := row(q.Codec, mos, d.head())
		if width(q.Codec)+1+width(mos) > d.head() {
			first = pick(d.head(), mos)
		}
		return []string{first, row(fmt.Sprintf("%d ms", q.Delay.Milliseconds()), lost(q.Lost), d.cols)}
	}
	rows[1] = row(q.Codec, delay(q.Delay), d.cols)
	rows[2] = row(lost(q.Lost), mos, d.cols)
	return rows
}

// details are the lines about one call of the log.
func (d drawer) details(e phone.Entry) []string {
	lines := []string{name(phone.CallView{Peer: e.Peer})}
	if n := plain(e.Peer.Number); n != "" && n != lines[0] {
		lines = append(lines, n)
	}
	lines = append(lines, became(e))
	if at := e.Started; !at.IsZero() && at.Year() >= 2020 {
		lines = append(lines, at.In(d.s.Now.Location()).Format("2 Jan 15:04"))
	}
	if e.Talked > 0 {
		lines = append(lines, "Talked "+timer(e.Talked))
	}
	if e.Recorded != "" {
		lines = append(lines, "Recorded")
	}
	if q := e.Quality; q.Known() {
		lines = append(lines, qualityLines(q)...)
	}
	return lines
}

// became is what became of a call of the log.
func became(e phone.Entry) string {
	words := [...]string{
		phone.OutcomeAnswered: "Came in", phone.OutcomeMissed: "Missed", phone.OutcomeRejected: "Turned down",
		phone.OutcomeElsewhere: "Taken elsewhere", phone.OutcomeCancelled: "Not answered",
		phone.OutcomeBusy: "Was busy", phone.OutcomeFailed: "Failed",
	}[min(e.Outcome, phone.OutcomeFailed)]
	switch {
	case e.Outcome == phone.OutcomeAnswered && e.Outgoing:
		words = "Went out"
	case e.Outcome == phone.OutcomeFailed && e.Code > 0:
		words += fmt.Sprintf(" (%d)", e.Code)
	}
	return words
}
