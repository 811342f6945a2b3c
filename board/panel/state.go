package panel

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/offhook/offhook/hal"
)

// State is all that a panel shows.
type State struct {
	LCD     LCD    `json:"lcd"`
	Lamps   Lamps  `json:"lamps"`
	Ringer  Ringer `json:"ringer"`
	OffHook bool   `json:"off_hook"`
	Pressed string `json:"pressed"` // keys that are down
	Info    Info   `json:"info"`
}

// LCD is what the display shows. Runes U+E000, U+E001 and U+E002 are drawn symbols: a lock,
// a bell, an arrow down.
type LCD struct {
	Rows  []string `json:"rows"`
	Light bool     `json:"light"`
}

// String is the rows, one a line, without the spaces at their ends.
func (l LCD) String() string {
	rows := make([]string, len(l.Rows))
	for i, r := range l.Rows {
		rows[i] = strings.TrimRight(r, " ")
	}
	return strings.Join(rows, "\n")
}

// Lamps says how each lamp is lit: "off", "on", "blink" or "flash".
type Lamps struct {
	Line    string `json:"line"`
	Message string `json:"message"`
	Mute    string `json:"mute"`
	Watch   string `json:"watch"`
	Power   string `json:"power"`
	// Keys are the lamps beside keys that are lit, by their legends.
	Keys map[string]string `json:"keys,omitempty"`
}

// Ringer is the bell: its cadence as pairs of milliseconds on and off, repeated.
type Ringer struct {
	Ringing bool     `json:"ringing"`
	Cadence [][2]int `json:"cadence,omitempty"`
}

// The largest display that a client believes in.
const (
	maxCols = 80
	maxRows = 8
)

// clean bounds what comes from a phone that may be anybody's: rows and texts as there can be
// on such a display, without what would move a terminal's cursor.
func (c Change) clean(size [2]int) Change {
	if c.LCD != nil {
		l := LCD{Light: c.LCD.Light}
		for _, row := range c.LCD.Rows[:min(len(c.LCD.Rows), size[1])] {
			row = strings.Map(func(r rune) rune {
				if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
					return ' '
				}
				return r
			}, strings.ToValidUTF8(row, "?"))
			l.Rows = append(l.Rows, fit(row, size[0]))
		}
		c.LCD = &l
	}
	if c.Info != nil {
		i := c.Info.clean()
		c.Info = &i
	}
	return c
}

// apply is the state after a change.
func (s State) apply(c Change) State {
	if c.LCD != nil {
		s.LCD = *c.LCD
	}
	if c.Lamps != nil {
		s.Lamps = *c.Lamps
	}
	if c.Ringer != nil {
		s.Ringer = *c.Ringer
	}
	if c.OffHook != nil {
		s.OffHook = *c.OffHook
	}
	if c.Pressed != nil {
		s.Pressed = *c.Pressed
	}
	if c.Info != nil {
		s.Info = *c.Info
	}
	return s
}

// front is the state as the server keeps it: a value that compares with ==.
type front struct {
	frame   hal.Frame
	lamps   [5]hal.Pattern   // in the order of hal.LampNames
	keys    [128]hal.Pattern // of the lamps beside keys, by their legends
	ring    hal.Cadence
	off     bool
	pressed string
	info    Info
}

// state is f as the protocol tells it.
func (f front) state() State {
	return State{
		LCD:     LCD{Rows: slices.Clone(f.frame.Text[:f.frame.Size.Rows]), Light: f.frame.Light},
		Lamps:   f.lampsLit(),
		Ringer:  ringerOf(f.ring),
		OffHook: f.off,
		Pressed: f.pressed,
		Info:    f.info,
	}
}

func (f front) lampsLit() Lamps {
	l := Lamps{
		Line: patternNames[f.lamps[0]], Message: patternNames[f.lamps[1]], Mute: patternNames[f.lamps[2]],
		Watch: patternNames[f.lamps[3]], Power: patternNames[f.lamps[4]],
	}
	for k, p := range f.keys {
		if p == hal.Off {
			continue
		}
		if l.Keys == nil {
			l.Keys = map[string]string{}
		}
		l.Keys[string(rune(k))] = patternNames[p]
	}
	return l
}

// since is what is new in f after was.
func (f front) since(was front) Change {
	now := f.state()
	var c Change
	if f.frame != was.frame {
		c.LCD = &now.LCD
	}
	if f.lamps != was.lamps || f.keys != was.keys {
		c.Lamps = &now.Lamps
	}
	if f.ring != was.ring {
		c.Ringer = &now.Ringer
	}
	if f.off != was.off {
		c.OffHook = &now.OffHook
	}
	if f.pressed != was.pressed {
		c.Pressed = &now.Pressed
	}
	if f.info != was.info {
		c.Info = &now.Info
	}
	return c
}

// whole is all of f as a change.
func (f front) whole() Change {
	s := f.state()
	return Change{&s.LCD, &s.Lamps, &s.Ringer, &s.OffHook, &s.Pressed, &s.Info}
}

// patternNames are hal's patterns in the protocol; one that is not there is off.
var patternNames = [256]string{hal.Off: "off", hal.On: "on", hal.Blink: "blink", hal.Flash: "flash"}

func init() {
	for i := range patternNames {
		if patternNames[i] == "" {
			patternNames[i] = "off"
		}
	}
}

func ringerOf(c hal.Cadence) Ringer {
	var r Ringer
	for _, pulse := range c {
		if pulse.On <= 0 {
			break
		}
		r.Ringing = true
		r.Cadence = append(r.Cadence, [2]int{int(pulse.On / time.Millisecond), int(pulse.Off / time.Millisecond)})
	}
	return r
}
