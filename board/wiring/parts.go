package wiring

// Dial is a rotary dial: a contact that opens for each pulse, and one that is closed while
// the dial is turned (nsi and nsa in old drawings). Both lead to ground.
type Dial struct {
	Pulse  int    // pin; 0: there is no dial
	Turned int    // pin; 0: that contact is not wired, and a pause ends a digit
	Rest   string // the pulse contact while nobody dials: "closed" or "open"
	Digits string // what one pulse dials, what two, and so on
}

// Ringer is a bell of one or two coils behind a driver, or a buzzer that sounds while its
// pin is high.
type Ringer struct {
	Bell      []int // pins: one that is switched, or two that take turns; none: no bell
	Buzzer    int   // pin; 0: none
	Frequency int   // of the bell, in Hz
}

// There says that the board rings by itself.
func (r Ringer) There() bool { return len(r.Bell) > 0 || r.Buzzer != 0 }

// Expander is a chip with more lines, on an I2C bus.
type Expander struct {
	Chip      string // "none", "mcp23017", "pcf8574" or "pcf8575"
	Bus       int
	Address   int
	Interrupt int // pin of the header that its interrupt output is wired to; 0: it is polled
}

// ExpanderChips are what board.expander.chip may be.
var ExpanderChips = []string{"none", "mcp23017", "pcf8574", "pcf8575"}

// There says that the board has an expander.
func (e Expander) There() bool { return e.Chip != "" && e.Chip != "none" }

// lines is how many lines the chip has, and which pin is the first.
func (e Expander) lines() (first, count int) {
	switch e.Chip {
	case "mcp23017":
		return firstPort, 16
	case "pcf8574":
		return firstP, 8
	case "pcf8575":
		return firstP, 16
	}
	return 0, 0
}

// words name the lines that the chip has.
func (e Expander) words() string {
	switch e.Chip {
	case "mcp23017":
		return "A0 to A7 and B0 to B7"
	case "pcf8574":
		return "P0 to P7"
	case "pcf8575":
		return "P0 to P7 and P10 to P17"
	}
	return "none: board.expander.chip says which chip it is"
}
