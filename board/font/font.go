// Package font is the dots of characters on small displays: five columns, eight rows. It owns
// the drawings, font.txt, and what is drawn where a display has no more room for one. It
// refuses to know a display.
package font

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed font.txt
var drawn string

// Dots are eight rows from the top; the lowest five bits of each are its dots, the leftmost
// the highest. The last row is for descenders.
type Dots [8]byte

// marked are letters with a mark, by mark; a letter of marked stands below one of plain.
var marked = []struct{ mark, plain, marked string }{
	{"acute", "aceilnorsuyzACEINORSUYZ", "áćéíĺńóŕśúýźÁĆÉÍŃÓŔŚÚÝŹ"},
	{"grave", "aeiounAEIOUN", "àèìòùǹÀÈÌÒÙǸ"},
	{"circumflex", "aceghiosuwyzACEGIOSUWY", "âĉêĝĥîôŝûŵŷẑÂĈÊĜÎÔŜÛŴŶ"},
	{"diaeresis", "aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ"},
	{"tilde", "ainouAINOU", "ãĩñõũÃĨÑÕŨ"},
	{"ring", "auAU", "åůÅŮ"},
	{"caron", "aceginorszuACDEGINORSTZU", "ǎčěǧǐňǒřšžǔǍČĎĚǦǏŇǑŘŠŤŽǓ"},
	{"breve", "aegiouAEGIOU", "ăĕğĭŏŭĂĔĞĬŎŬ"},
	{"macron", "aeiouAEIOU", "āēīōūĀĒĪŌŪ"},
	{"dot", "cegzCEGIZ", "ċėġżĊĖĠİŻ"},
	{"double", "ouOU", "őűŐŰ"},
	{"cedilla", "cklnrstCKLNRST", "çķļņŗşţÇĶĻŅŖŞŢ"},
	{"ogonek", "aeiuAEIU", "ąęįųĄĘĮŲ"},
}

// likeness is what stands for a character that has no mark to lose.
var likeness = map[rune]rune{
	'\uE000': '*', '\uE001': '!', '\uE002': 'v', 'ß': 's', 'æ': 'a', 'Æ': 'A', 'ø': 'o', 'Ø': 'O', 'œ': 'o', 'Œ': 'O',
	'ð': 'd', 'Ð': 'D', 'Đ': 'D', 'þ': 'p', 'Þ': 'P', 'ł': 'l', 'Ł': 'L', 'đ': 'd', 'ı': 'i', '°': 'o', '£': 'L', '€': 'E', '¥': 'Y',
	'§': 'S', '¡': '!', '¿': '?', '«': '"', '»': '"', '·': '.', '…': '.', '–': '-', '\\': '/', '~': '-',
}

var dots, plain = read()

// Of returns the dots of a character, and whether there are any.
func Of(r rune) (Dots, bool) {
	d, drawn := dots[r]
	return d, drawn
}

// Plain is what of ASCII looks most like a character: its letter without the mark. It is
// never '\\' or '~', which displays may lack; '?' for what it does not know.
func Plain(r rune) rune {
	if p, known := plain[r]; known {
		return p
	}
	if r >= ' ' && r <= '}' {
		return r
	}
	return '?'
}

// read is every drawing of font.txt, the marked letters put together, and what they were
// put together from.
func read() (map[rune]Dots, map[rune]rune) {
	named := map[string]Dots{}
	lines := strings.Split(drawn, "\n")
	for at := 0; at+8 < len(lines); at++ {
		if lines[at] == "" {
			continue
		}
		for i, name := range strings.Fields(lines[at]) {
			named[name] = drawing(lines[at+1:at+9], i)
		}
		at += 8
	}
	dots, plain := map[rune]Dots{' ': named["space"]}, map[rune]rune{}
	for name, d := range named {
		if hex, coded := strings.CutPrefix(name, "U+"); coded {
			n, _ := strconv.ParseUint(hex, 16, 32) // a test looks for each
			dots[rune(n)] = d
		} else if r := []rune(name); len(r) == 1 {
			dots[r[0]] = d
		}
	}
	dots['Đ'] = dots['Ð'] // the letters differ in name only
	for r, like := range likeness {
		plain[r] = like
	}
	for _, m := range marked {
		letters := []rune(m.marked)
		for i, letter := range []rune(m.plain) {
			dots[letters[i]], plain[letters[i]] = combine(named, m.mark, letter), letter
		}
	}
	return dots, plain
}

// drawing is the i-th of eight rows of the file.
func drawing(rows []string, i int) Dots {
	const wide = 10 // columns of the file for one drawing
	var d Dots
	for y := range d {
		for x := range 5 {
			if rows[y][i*wide+x] == '#' {
				d[y] |= 0x10 >> x
			}
		}
	}
	return d
}

// combine is a letter and its mark. Below a mark a capital is drawn lower, an i has no dot,
// and the stem of an h gives way.
func combine(named map[string]Dots, mark string, letter rune) Dots {
	d := named[string(letter)]
	if mark != "cedilla" && mark != "ogonek" {
		if low, is := named["+"+string(letter)]; is {
			d = low
		} else if letter == 'i' {
			d = named["ı"]
		}
		d[0], d[1] = 0, 0
	}
	for y, row := range named[mark] {
		d[y] |= row
	}
	return d
}
