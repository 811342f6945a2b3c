package config

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// Any bytes are judged without a panic and soon; the positions lie in the text, and what
// is said good can be used.
func FuzzParse(f *testing.F) {
	f.Add(Sample)
	f.Add([]byte("[[account]]\nuser = 201\n[account.x]\n[dial]\ntimeout = 4\nhotline = '''\na\n'''\n"))
	f.Add([]byte("\ufeff[board]\r\nkeypad = { rows = [1, \"2\"], functions = { A = 'menu', A = \"x\" } }\r\n"))
	f.Add([]byte("board.lamps = { line = 1, 'line' = 2 }\nexchange.users.201 = \"x\"\naccount = 1\n"))
	f.Add([]byte("[phone\nname = “x”\n = 3\nname\n[log]\nrooms = { sip = debug, }\nlevel = \"\\q\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, ms := Parse("offhook.toml", text, Options{})
		lines := bytes.Count(text, []byte("\n")) + 1
		for i, m := range ms {
			if m.Line < 0 || m.Line > lines || m.Line > 0 && m.Col < 1 || m.Words == "" {
				t.Errorf("%+v in %d lines", m, lines)
			}
			if i > 0 && m.Line < ms[i-1].Line {
				t.Errorf("line %d after %d", m.Line, ms[i-1].Line)
			}
			if utf8.RuneCountInString(m.What) > lcdCols || utf8.RuneCountInString(m.Remedy) > lcdCols {
				t.Errorf("too wide: %q %q", m.What, m.Remedy)
			}
			if strings.ContainsAny(m.String(), "\n\r") {
				t.Errorf("%q is not one line", m)
			}
		}
		Print(io.Discard, ms)
		c.PrintValues(io.Discard)
		if len(ms) == 0 && (len(c.Accounts) == 0 && c.Exchange.Enabled || c.Timezone == nil || c.Phone.NumAccts != len(c.Accounts)) {
			t.Errorf("%+v", c)
		}
	})
}
