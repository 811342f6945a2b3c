package ui

// letters spells what an HD44780 cannot show in letters that it can: pairs of one letter
// and its spelling. Capitals that are not listed are spelled like their small letter.
// German and Nordic letters follow their own custom (ä is ae, å is aa), the rest drop
// their marks; Cyrillic and Greek follow common passport spelling.
var letters = func(pairs ...string) map[rune]string {
	m := map[rune]string{}
	for _, p := range pairs {
		r := []rune(p)
		m[r[0]] = string(r[1:])
	}
	return m
}(
	"äae", "öoe", "üue", "ßss", "æae", "œoe", "øoe", "åaa", "þth", "ðd",
	"àa", "áa", "âa", "ãa", "āa", "ăa", "ąa", "çc", "ćc", "ĉc", "ċc", "čc", "ďd", "đd",
	"èe", "ée", "êe", "ëe", "ēe", "ĕe", "ėe", "ęe", "ěe", "ĝg", "ğg", "ġg", "ģg", "ĥh", "ħh",
	"ìi", "íi", "îi", "ïi", "ĩi", "īi", "ĭi", "įi", "ıi", "ĵj", "ķk", "ĺl", "ļl", "ľl", "łl",
	"ñn", "ńn", "ņn", "ňn", "òo", "óo", "ôo", "õo", "ōo", "ŏo", "őo", "ŕr", "ŗr", "řr",
	"śs", "ŝs", "şs", "šs", "șs", "ţt", "ťt", "țt", "ùu", "úu", "ûu", "ũu", "ūu", "ŭu", "ůu",
	"űu", "ųu", "ŵw", "ýy", "ÿy", "ŷy", "źz", "żz", "žz",
	"аa", "бb", "вv", "гg", "дd", "еe", "ёyo", "жzh", "зz", "иi", "йy", "кk", "лl", "мm", "нn",
	"оo", "пp", "рr", "сs", "тt", "уu", "фf", "хkh", "цts", "чch", "шsh", "щshch", "ъ", "ыy",
	"ь", "эe", "юyu", "яya", "іi", "їyi", "єye", "ґg",
	"αa", "βv", "γg", "δd", "εe", "ζz", "ηi", "θth", "ιi", "κk", "λl", "μm", "νn", "ξx", "οo",
	"πp", "ρr", "σs", "ςs", "τt", "υy", "φf", "χch", "ψps", "ωo", "άa", "έe", "ήi", "ίi", "όo",
	"ύy", "ώo", "ϊi", "ϋy",
	"\\/", "~-", "‘'", "’'", "‚,", "“\"", "”\"", "„\"", "«\"", "»\"", "‹'", "›'", "´'", "`'",
	"–-", "—-", "−-", "…...", "•*", "·.", "€EUR", "£GBP", "¥JPY", "°o", "№No", "×x", "÷/",
	"¡!", "¿?", "½1/2", "¼1/4", "©(c)", "®(r)", "™TM", "µu", "\u00a0 ", "\u202f ", "\u2009 ",
	"\t ", "\n ", "\r ",
)
