package ssd1306test

import (
	"slices"
	"testing"
)

// letter is an L, and whatever else is not.
func letter(dots [8]byte) rune {
	switch dots {
	case [8]byte{0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f, 0}:
		return 'L'
	case [8]byte{}:
		return ' '
	}
	return Unknown
}

// started is a display of 16 rows' text set up by hand, with an L in its upper left corner.
func started(sh1106 bool) *Chip {
	c := &Chip{Rows: 32, SH1106: sh1106}
	c.Power(0)
	c.Write([]byte{0x00, 0xa8, 31, 0xda, 0x02, 0xa1, 0xc8, 0xaf})
	if sh1106 {
		c.Write([]byte{0x00, 0xad, 0x8b, 0x02})
	} else {
		c.Write([]byte{0x00, 0x8d, 0x14, 0x20, 0x02})
	}
	c.Write([]byte{0x80, 0xb0, 0x80, 0x10, 0x40, 0x00, 0xff, 0, 0, 0, 0})
	col := byte(0x01)
	if sh1106 {
		col = 0x03
	}
	c.Write([]byte{0x80, 0xb1, 0x80, col, 0x80, 0x10, 0x40, 0x3f, 0x30, 0x30, 0x30, 0x30})
	return c
}

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		sh1106 bool
		do     []byte
		want   string
	}{
		"upright":        {want: "L "},
		"SH1106":         {sh1106: true, want: "L "},
		"off":            {do: []byte{0x00, 0xae}, want: "  "},
		"no voltage":     {do: []byte{0x00, 0x8d, 0x10}, want: "  "},
		"no contrast":    {do: []byte{0x00, 0x81, 0}, want: "  "},
		"moved":          {do: []byte{0x00, 0x42}, want: "\uFFFD "},
		"mirrored":       {do: []byte{0x00, 0xa0}, want: "  "},
		"upside down":    {do: []byte{0x00, 0xc0}, want: "  "},
		"wrong rows":     {do: []byte{0x00, 0xda, 0x12}, want: "\uFFFD "},
		"dots too many":  {do: []byte{0x80, 0xb0, 0x80, 0x00, 0x80, 0x10, 0x40, 0x01}, want: "\uFFFD "},
		"half of a dot":  {do: []byte{0x80, 0xb0, 0x80, 0x03, 0x80, 0x10, 0x40, 0x01}, want: "\uFFFD "},
		"another letter": {do: []byte{0x80, 0xb0, 0x80, 0x03, 0x80, 0x10, 0x40, 0x03}, want: "\uFFFD "},
	} {
		chip := started(c.sh1106)
		chip.Write(c.do)
		if got := chip.Text(16, 8, letter)[0][:0+len(c.want)]; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if len(chip.Complaints()) > 0 {
			t.Errorf("%s: %q", name, chip.Complaints())
		}
	}
	c := started(false)
	c.Write([]byte{0x80, 0xb0, 0x80, 0x0f, 0x80, 0x17, 0x40, 0x01}) // the last column
	if got := c.Text(20, 6, letter)[0][:7]; got != "(noise)" {
		t.Errorf("beside the text: %q", got)
	}
	c.Write([]byte{0x00, 0xa5})
	if !slices.Equal(c.Dots()[31], slices.Repeat([]bool{true}, 128)) {
		t.Error("not all dots shine")
	}
}

func TestComplaints(t *testing.T) {
	for want, bytes := range map[string][]byte{
		"control byte 0x01":                     {0x01},
		"command 0x81 without its argument":     {0x00, 0x81},
		"there is no command 0xff":              {0x00, 0xff},
		"data beyond the last column":           {0x80, 0x0f, 0x80, 0x17, 0x40, 1, 2},
		"data, and the address moves in mode 0": {0x80, 0x20, 0x80, 0x00, 0x40, 1},
	} {
		c := started(false)
		c.Write(bytes)
		if got := c.Complaints(); !slices.Equal(got, []string{want}) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
