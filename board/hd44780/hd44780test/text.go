package hd44780test

import "strings"

// Characters by their code's upper four bits (table 4, p. 17: ROM A00, from 0x20 on; p. 18: A02,
// from 0x10 on). The datasheet draws them and names none, so on 28 November 2026 they were
// compared with how RPLCD (both) and LCDproc (Latin-1 to either) read its drawings. All agree
// on every character that a phone writes. Of the others: A00 0xe5 is taken for σ or δ; A02
// 0xaf for ‘, ´ or ¯, 0xb0 for ° or a small O, and 0xb4 is named here alone. LCDproc leaves
// ¬ and the soft hyphen where A02 has Ю and Я. No display was at hand.
var (
	a00 = map[byte]string{
		0x20: ` !"#$%&'()*+,-./`, 0x30: `0123456789:;<=>?`, 0x40: `@ABCDEFGHIJKLMNO`, 0x50: `PQRSTUVWXYZ[¥]^_`,
		0x60: "`abcdefghijklmno", 0x70: `pqrstuvwxyz{|}→←`, 0xa0: ` ｡｢｣､･ｦｧｨｩｪｫｬｭｮｯ`, 0xb0: `ｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿ`,
		0xc0: `ﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏ`, 0xd0: `ﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ`, 0xe0: `αäβεμσρg√⁻jˣ¢£ñö`, 0xf0: `pqθ∞ΩüΣπxy千万円÷ █`,
	}
	a02 = map[byte]string{
		0x10: `►◄“”⏫⏬●↲↑↓→←≤≥▲▼`, 0x20: ` !"#$%&'()*+,-./`, 0x30: `0123456789:;<=>?`, 0x40: `@ABCDEFGHIJKLMNO`,
		0x50: `PQRSTUVWXYZ[\]^_`, 0x60: "`abcdefghijklmno", 0x70: `pqrstuvwxyz{|}~⌂`, 0x80: `БДЖЗИЙЛПУЦЧШЩЪЫЭ`,
		0x90: `α♪ΓπΣσ♬τ🔔θΩδ∞♥ε∩`, 0xa0: `‖¡¢£¤¥¦§ƒ©ª«ЮЯ®‘`,
		0xb0: `°±²³₧µ¶·ω¹º»¼½¾¿`, 0xc0: `ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ`, 0xd0: `ÐÑÒÓÔÕÖ×ΦÙÚÛÜÝÞß`, 0xe0: `àáâãäåæçèéêëìíîï`,
		0xf0: `ðñòóôõö÷øùúûüýþÿ`,
	}
)

// Unknown is what Text has for a code that the ROM has nothing for.
const Unknown = '\uFFFD'

// Text is what a person reads: a line per row. A display that is off shows nothing. drawn
// names a character that the display was taught by its dots, five in each of eight rows.
//
// One that shows one line has none but the first, and no cursor may be seen.
func (c *Chip) Text(drawn func(dots [8]byte) rune) []string {
	rows := make([]string, c.o.Rows)
	for i := range rows {
		var b strings.Builder
		for col := range c.o.Cols {
			b.WriteRune(c.char(c.cell(i, col), drawn))
		}
		rows[i] = b.String()
	}
	if c.on && (c.cursor || c.blink) {
		rows[0] = "(cursor)"
	}
	return rows
}

// cell is the code at a place. Rows 3 and 4 of a module go on where 1 and 2 end; the display's
// shift moves both lines (p. 11 and 12).
func (c *Chip) cell(row, col int) byte {
	if !c.on || row%2 == 1 && !c.two {
		return ' '
	}
	if c.o.Rows == 1 && c.o.Cols == 16 && col >= 8 { // a module of 8 and 8
		row, col = 1, col-8
	}
	return c.dd[row%2*40+(row/2*c.o.Cols+col+c.shift)%40]
}

func (c *Chip) char(code byte, drawn func([8]byte) rune) rune {
	if code < 0x10 { // codes 8 to 15 are the same eight drawings (p. 19)
		return drawn([8]byte(c.cg[int(code&7)*8 : int(code&7)*8+8]))
	}
	rom := a00
	if c.o.A02 {
		rom = a02
	}
	if row := []rune(rom[code&0xf0]); len(row) == 16 {
		return row[code&0x0f]
	}
	return Unknown
}
