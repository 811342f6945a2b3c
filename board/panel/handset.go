package panel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/board/font"
	"github.com/offhook/offhook/hal"
)

// A handset is the drawing of a panel on a terminal. It is a value; draw is pure.
type handset struct {
	state State
	hello Hello
	ear   [5]int // levels, the latest last
	mouth [5]int
	now   time.Time // for what blinks
	words string    // one line for the user: a refusal, a question; "": none
	help  bool      // all keys are explained
	style bool      // colours and attributes
	ascii bool      // the terminal shows no more than ASCII
}

// The full drawing: its frame is so wide, and so high with the two lines of help.
const (
	fullWidth  = 63
	fullHeight = 20
	innerWidth = fullWidth - 6 // without frame and margin
)

// draw draws on width columns and height rows: all of it, or the more important part.
func (h handset) draw(width, height int) string {
	var lines []string
	switch {
	case width >= fullWidth && height >= fullHeight && h.lcdWidth() <= 22:
		lines = h.full(width, height)
	default:
		lines = h.small(width, height)
	}
	text := strings.Join(lines, "\n")
	if h.ascii {
		text = strings.Map(unmarked, asciiOnly.Replace(text))
	}
	return text
}

// last is the line below account and sound: how a call sounds, else where the phone keeps
// what it knows from one start to the next.
func (i Info) last() string {
	if i.Voice == "" && i.Keeps != "" {
		return "keeps    " + i.Keeps
	}
	return "voice    " + pick(i.Voice, "no call")
}

func (h handset) lcdWidth() int { return h.hello.LCD[0] + 2 }

// full is the drawing of docs: display and handset at the left, keys and lamps at the right.
func (h handset) full(width, height int) []string {
	left := append(h.display(), "")
	left = append(left, h.cradle()...)
	right := append([]string{""}, h.keypad()...)
	for len(right) < len(left)-4 {
		right = append(right, "")
	}
	info := h.state.Info
	right = append(right, " "+h.lamps(), "", " "+h.hook(), " ear "+bars(h.ear)+"  mouth "+bars(h.mouth), " volume "+volume(info.Volume))
	for len(left) < len(right) {
		left = append(left, "")
	}
	for len(right) < len(left) {
		right = append(right, "")
	}

	title, board := fit(pick(info.Title, "Offhook"), innerWidth/2), ""
	if info.Board != "" {
		board = " " + fit(info.Board, innerWidth/2-3) + " "
	}
	rule := strings.Repeat("─", fullWidth-6-runes(title)-runes(board))
	lines := []string{"╭─ " + title + " " + rule + board + "─╮", ""}
	const column = 24 // where the right half begins
	for i := range left {
		lines = append(lines, pad(left[i], column)+right[i])
	}
	lines = append(lines, "",
		"account  "+info.Account,
		"sound    "+info.Sound,
		info.last())
	for i := 1; i < len(lines); i++ {
		lines[i] = "│  " + pad(fit(lines[i], innerWidth), innerWidth) + "  │"
	}
	lines = append(lines, "╰"+strings.Repeat("─", fullWidth-2)+"╯")
	footer := h.footer(width)
	if h.words != "" {
		footer = footer[:2]
	}
	if len(lines)+len(footer) > height { // rather what can be tried than the second line of keys
		footer = append(footer[:1], footer[2:]...)
		footer = footer[:min(len(footer), height-len(lines))]
	}
	for _, l := range footer {
		lines = append(lines, " "+fit(l, width-1))
	}
	return lines
}

// small is what fits: the display first, then the hook, the lamps, a line of help, the rest.
func (h handset) small(width, height int) []string {
	info := h.state.Info
	lines := h.display()
	if h.lcdWidth() > width || len(lines)+2 > height {
		lines = nil
		for _, r := range h.state.LCD.Rows {
			lines = append(lines, glyphs.Replace(r))
		}
	}
	more := []string{h.hook() + "  " + h.lamps()}
	footer := h.footer(width)
	more = append(more, footer[0])
	more = append(more, footer[2:]...)
	more = append(more, "ear "+bars(h.ear)+" mouth "+bars(h.mouth), "account  "+info.Account, "sound    "+info.Sound, info.last())
	lines = append(lines, more...)
	if len(lines) > height {
		lines = lines[:max(height, 0)]
	}
	for i := range lines {
		lines[i] = fit(lines[i], width)
	}
	return lines
}

// display is the LCD in its border; faint when its light is off.
func (h handset) display() []string {
	edge := strings.Repeat("─", h.hello.LCD[0])
	lines := []string{"┌" + edge + "┐"}
	for _, r := range h.state.LCD.Rows {
		r = pad(fit(glyphs.Replace(r), h.hello.LCD[0]), h.hello.LCD[0])
		if h.state.LCD.Light {
			r = h.styled("30;42", r) // black on green
		} else {
			r = h.styled("2", r)
		}
		lines = append(lines, "│"+r+"│")
	}
	return append(lines, "└"+edge+"┘")
}

// cradle is the handset: on its rest, or above it.
func (h handset) cradle() []string {
	if h.state.OffHook {
		return []string{"  ╭──────────────╮", "  ╰─╯          ╰─╯", "   ══════════════"}
	}
	ring := ""
	if h.state.Ringer.Ringing {
		ring = "   ♪    ♪    ♪"
		if h.phase(250 * time.Millisecond) {
			ring = "     ♪    ♪    ♪"
		}
	}
	return []string{ring, "  ╭──────────────╮", "  ╰─╯══════════╰─╯"}
}

func (h handset) hook() string {
	switch {
	case h.state.OffHook:
		return h.styled("1", "OFF HOOK")
	case h.state.Ringer.Ringing:
		return h.styled("1;7", "RINGING")
	}
	return "ON HOOK"
}

// letters are what phone keys have always said.
var letters = map[string]string{"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv", "9": "wxyz", "0": "+"}

// keypad is the keys that exist, those that are down in brackets.
func (h handset) keypad() []string {
	labels := map[string]string{}
	for label := range strings.SplitSeq(h.state.Info.Labels, ",") {
		if key, does, found := strings.Cut(strings.TrimSpace(label), " "); found {
			labels[key] = does
		}
	}
	cell := func(key string) string {
		if !strings.Contains(h.hello.Keys, key) {
			return ""
		}
		says := pick(labels[key], letters[key])
		if strings.Contains(h.state.Pressed, key) {
			return h.styled("7", "["+key+"]") + says
		}
		if h.lit(h.state.Lamps.Keys[key]) {
			return h.styled("1;31", "●") + key + " " + says
		}
		return " " + key + " " + says
	}
	rows := []string{"123A", "456B", "789C", "*0#D"}
	for more := h.further(); len(more) > 0; { // what there is beside these
		n := min(len(more), 4)
		rows, more = append(rows, string(more[:n])), more[n:]
	}
	var lines []string
	for _, row := range rows {
		line := ""
		for _, key := range row {
			line += pad(cell(string(key)), 8)
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// maxFurther bounds the keys that are drawn below the keypad.
const maxFurther = 12

// further are the keys that are neither on a usual keypad nor volume keys.
func (h handset) further() []rune {
	var more []rune
	for _, k := range h.hello.Keys {
		if !strings.ContainsRune("0123456789*#ABCD+-", k) && len(more) < maxFurther {
			more = append(more, k)
		}
	}
	return more
}

// lamps are the LEDs: full, empty, or one after the other.
func (h handset) lamps() string {
	l := h.state.Lamps
	drawn := []string{l.Line, l.Message, l.Mute, l.Watch} // whether there is power, one sees
	all := make([]string, len(drawn))
	for i, how := range drawn {
		dot := "○"
		if h.lit(how) {
			dot = h.styled("1;31", "●")
		}
		all[i] = dot + " " + string(hal.LampNames[i])
	}
	return strings.Join(all, " ")
}

// lit says whether a lamp is lit now.
func (h handset) lit(how string) bool {
	return how == "on" || how == "blink" && h.phase(500*time.Millisecond) || how == "flash" && h.phase(100*time.Millisecond)
}

// phase is true in every second of the times of length each.
func (h handset) phase(each time.Duration) bool { return h.now.UnixMilli()/each.Milliseconds()%2 == 0 }

// moves says after how long the drawing changes by itself; 0: it does not.
func (h handset) moves() time.Duration {
	next := time.Duration(0)
	each := func(d time.Duration) {
		if next == 0 || d < next {
			next = d
		}
	}
	l := h.state.Lamps
	blinking := append([]string{l.Line, l.Message, l.Mute, l.Watch}, slices.Collect(maps.Values(l.Keys))...)
	for _, how := range blinking {
		switch how {
		case "blink":
			each(500 * time.Millisecond)
		case "flash":
			each(100 * time.Millisecond)
		}
	}
	if h.state.Ringer.Ringing {
		each(250 * time.Millisecond)
	}
	return next
}

// footer are the lines below the frame: the keys, and what is to be said or tried; with
// help, all that there is to try.
func (h handset) footer(width int) []string {
	keys := "h lift/hang up  0-9*# dial  a-d keys  f flash  +- volume  ? q"
	if width < runes(keys)+1 {
		keys = "h lift  0-9*# dial  f flash  ? q"
	}
	second := h.state.Info.Hint
	if h.help {
		keys = "h or space: lift, hang up   0-9 * #: dial   enter: #"
		second = "a b c d: function keys   f: hook flash   + -: volume   q: quit"
		if width < fullWidth {
			keys = "space h enter=# abcd f +- q=quit"
		}
	}
	if h.words != "" {
		if width < fullWidth {
			keys = h.words
		}
		second = h.styled("1", h.words)
	}
	lines := []string{keys, second}
	if h.help && h.state.Info.Help != "" {
		lines = append(lines, wrap(h.state.Info.Help, width-1)...)
	}
	return lines
}

// styled is text with an SGR attribute, where the terminal is to have any.
func (h handset) styled(sgr, text string) string {
	if !h.style {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// bars are levels from 0 to 100 as a little chart.
func bars(levels [5]int) string {
	steps := []rune("▁▂▃▄▅▆▇█")
	b := make([]rune, len(levels))
	for i, l := range levels {
		b[i] = steps[min(max(l, 0), 100)*(len(steps)-1)/100]
	}
	return string(b)
}

func volume(level int) string {
	full := (min(max(level, 0), 100) + 5) / 10
	return strings.Repeat("▮", full) + strings.Repeat("▯", 10-full) + fmt.Sprintf(" %d", level)
}

// glyphs are hal's drawn symbols as a terminal has them.
var glyphs = strings.NewReplacer(string(hal.GlyphLock), "¤", string(hal.GlyphBell), "♪", string(hal.GlyphArrow), "↓")

// unmarked is a letter without its mark.
func unmarked(r rune) rune {
	if hal.IsLetter(r) {
		return font.Plain(r)
	}
	return r
}

// asciiOnly spells the drawing for a terminal that has no more.
var asciiOnly = strings.NewReplacer(
	"╭", ".", "╮", ".", "╰", "'", "╯", "'", "┌", "+", "┐", "+", "└", "+", "┘", "+", "─", "-", "│", "|", "═", "=",
	"▁", "_", "▂", ".", "▃", ".", "▄", ":", "▅", ":", "▆", "|", "▇", "|", "█", "#", "▮", "#", "▯", ".", "●", "*", "○", "o",
	"♪", "!", "¤", "s", "↓", "v", "…", ".", "–", "-",
)
