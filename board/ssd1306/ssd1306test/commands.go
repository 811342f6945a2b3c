package ssd1306test

// arguments is how many bytes follow a command (p. 28 to 32).
func arguments(v byte, sh1106 bool) int {
	switch v {
	case 0x81, 0xa8, 0xd3, 0xd5, 0xd9, 0xda, 0xdb:
		return 1
	case 0x20, 0x8d:
		if !sh1106 {
			return 1
		}
	case 0xad:
		if sh1106 {
			return 1
		}
	case 0x21, 0x22:
		return 2
	}
	return 0
}

func (c *Chip) command(v byte, more []byte) {
	switch {
	case v <= 0x0f:
		c.col = c.col&0xf0 | int(v)
	case v <= 0x1f:
		c.col = c.col&0x0f | int(v&0x0f)<<4
	case v == 0x20 && !c.SH1106:
		c.mode = more[0]
	case v == 0x2e && !c.SH1106, v == 0xe3, v == 0xd5, v == 0xd9, v == 0xdb:
	case v >= 0x40 && v <= 0x7f:
		c.start = int(v & 0x3f)
	case v == 0x81:
		c.contrast = int(more[0])
	case v == 0x8d && !c.SH1106:
		c.pump = more[0] == 0x14
	case v == 0xad && c.SH1106:
		c.pump = more[0] == 0x8b
	case v == 0xa0 || v == 0xa1:
		c.remapped = v == 0xa1
	case v == 0xa4 || v == 0xa5:
		c.lit = v == 0xa4
	case v == 0xa6 || v == 0xa7:
		c.inverse = v == 0xa7
	case v == 0xa8:
		c.high = more[0]
	case v == 0xae || v == 0xaf:
		c.on = v == 0xaf
	case v >= 0xb0 && v <= 0xb7:
		c.page = int(v & 7)
	case v == 0xc0 || v == 0xc8:
		c.upside = v == 0xc8
	case v == 0xd3:
		c.offset = int(more[0] & 0x3f)
	case v == 0xda:
		c.pins = more[0]
	default:
		c.complain("there is no command %#02x", v)
	}
}
