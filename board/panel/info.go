package panel

import (
	"strings"
	"unicode"
)

// Info is what a drawn handset shows beside the display and the lamps. Station sets it;
// every text is one line, empty where there is nothing to say.
type Info struct {
	Title   string `json:"title,omitempty"`   // "Offhook 0.1.0"
	Board   string `json:"board,omitempty"`   // "simulated board"
	Account string `json:"account,omitempty"` // "Home 201, ready, built-in exchange"
	Sound   string `json:"sound,omitempty"`   // "USB PnP Sound, 48 kHz"
	Voice   string `json:"voice,omitempty"`   // "71 ms, 0.0 % lost"; empty outside of calls
	Keeps   string `json:"keeps,omitempty"`   // where it keeps what it knows: "~/.local/state/offhook"
	Hint    string `json:"hint,omitempty"`    // "Try h 600 echo  601 music"
	Help    string `json:"help,omitempty"`    // more to try, where the keys are explained: "600 echo  601 music"
	Labels  string `json:"labels,omitempty"`  // what function keys do: "A menu, B hold"
	Digits  string `json:"digits,omitempty"`  // that the far end of the call has keyed
	Ear     int    `json:"ear"`               // level played, 0 silence to 100 full scale
	Mouth   int    `json:"mouth"`             // level recorded, likewise
	Volume  int    `json:"volume"`            // of the ear, 0 to 100
	InCall  bool   `json:"in_call,omitempty"` // quitting would end a call
}

// firstWide is the first rune that terminals may draw two columns wide (Hangul Jamo).
const firstWide = 0x1100

// LineWidth is how many columns the drawing has for each of Account, Sound, Voice and Keeps.
const LineWidth = innerWidth - 9

// maxInfo is the longest text of an Info, in characters.
const maxInfo = 120

// clean bounds an Info: text on one line, without control characters; levels in range.
func (i Info) clean() Info {
	for _, text := range []*string{&i.Title, &i.Board, &i.Account, &i.Sound, &i.Voice, &i.Keeps, &i.Hint, &i.Help, &i.Labels, &i.Digits} {
		*text = oneLine(*text)
	}
	for _, level := range []*int{&i.Ear, &i.Mouth, &i.Volume} {
		*level = min(max(*level, 0), 100)
	}
	return i
}

// oneLine is text without what would move a terminal's cursor or takes another width than
// one column, cut to maxInfo.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.M, r):
			return -1
		case r >= firstWide && r != '…' && r != '–':
			return '?'
		case unicode.IsPrint(r):
			return r
		}
		return ' '
	}, text)
	if r := []rune(text); len(r) > maxInfo {
		text = string(r[:maxInfo])
	}
	return text
}
