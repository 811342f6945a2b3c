package hd44780

import "github.com/offhook/offhook/board/font"

// A ROM is the set of characters that a display was made with (table 4: A00 on p. 17, A02 on p. 18).
type ROM uint8

const (
	A00 ROM = iota // Japanese: most displays that are sold without a word about it
	A02            // European
)

// european are the characters of ROM A00 beyond ASCII that a phone has use for. There is no
// '\' and no '~' where ASCII has them, but a yen sign and an arrow.
var european = map[rune]byte{
	'¥': 0x5c, '°': 0xdf, 'ä': 0xe1, 'ß': 0xe2, 'ñ': 0xee, 'ö': 0xef, 'ü': 0xf5, '÷': 0xfd, '·': 0xa5,
}

// western says of a character of Latin-1 whether ROM A02 has it in the same place. Letters are
// all there, Ø as a Φ. Of the signs these are those that our font has; ¨ ¬ ¯ ´ ¸ and the soft hyphen
// are others there.
func western(r rune) bool {
	switch r {
	case '¡', '£', '¥', '§', '«', '°', '±', '·', '»', '¿':
		return true
	}
	return r >= 'À' && r <= 'ÿ'
}

// code is a character's place in the ROM, and whether it has one.
func (m ROM) code(r rune) (byte, bool) {
	if m == A02 {
		return byte(r), r >= ' ' && r <= '~' || western(r)
	}
	if c, there := european[r]; there {
		return c, true
	}
	return byte(r), r >= ' ' && r <= '}' && r != '\\'
}

// plain is what the ROM has in place of a character that it has not and that is not drawn.
func (m ROM) plain(r rune) byte {
	c, _ := m.code(font.Plain(r))
	return c
}
