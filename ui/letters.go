package ui

// letters spells what no display shows in letters that it does: pairs of one letter and its
// spelling. Capitals that are not listed are spelled like their small letter. hal.Letters
// stand as they are; of what is left, letters drop their marks; Cyrillic and Greek follow common
// passport spelling.
var letters = func(pairs ...string) map[rune]string {
	m := map[rune]string{}
	for _, p := range pairs {
		r := []rune(p)
		m[r[0]] = string(r[1:])
	}
	return m
}(
	"ďd", "ĥh", "ĺl", "ßss", "ģg", "ħh", "ĵj", "ľl", "șs", "ťt", "țt", "аa", "бb", "вv", "гg", "дd", "еe", "ёyo", "жzh",
	"зz", "иi", "йy", "кk", "лl", "мm", "нn", "оo", "пp", "рr", "сs", "тt", "уu", "фf", "хkh", "цts",
	"чch", "шsh", "щshch", "ъ", "ыy", "ь", "эe", "юyu", "яya", "іi", "їyi", "єye", "ґg", "αa", "βv", "γg",
	"δd", "εe", "ζz", "ηi", "θth", "ιi", "κk", "λl", "μm", "νn", "ξx", "οo", "πp", "ρr", "σs", "ςs", "τt",
	"υy", "φf", "χch", "ψps", "ωo", "άa", "έe", "ήi", "ίi", "όo", "ύy", "ώo", "ϊi", "ϋy", "\\/", "~-",
	"‘'", "’'", "‚,", "“\"", "”\"", "„\"", "«\"", "»\"", "‹'", "›'", "´'", "`'", "–-", "—-", "−-", "…...",
	"•*", "·.", "€EUR", "£GBP", "¥JPY", "°o", "№No", "×x", "÷/", "¡!", "¿?", "½1/2", "¼1/4", "©(c)",
	"®(r)", "™TM", "µu", "\u00a0 ", "\u202f ", "\u2009 ", "\t ", "\n ", "\r ",
)
