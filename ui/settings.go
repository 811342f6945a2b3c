package ui

import "fmt"

// reload says that the settings are being read, and then what came of it.
func (d drawer) reload() [][]string {
	switch later := d.s.Notices.Later; {
	case d.s.Notices.Config.Words != "" && d.s.reread:
		return d.badConfig()
	case later != "" && d.s.reread:
		return d.cutPages(append([]string{pick(d.head(), "After the calls:", "After calls:")}, wrap(plain(later), d.cols, 0)...))
	case d.s.reread && d.s.missing:
		return [][]string{{pick(d.head(), "No settings file yet", "No file yet"), pick(d.cols, "Write "+d.file(), d.file())}}
	case d.s.reread:
		return [][]string{{pick(d.head(), "New settings in use", "Settings in use", "In use:"), d.file()}}
	}
	return [][]string{{pick(d.head(), "Reading"), d.file()}}
}

// badConfig is the first mistake of the settings file: where, what, what runs meanwhile; and in
// turn with it, how many there are and what to do once they are mended.
func (d drawer) badConfig() [][]string {
	c := d.s.Notices.Config
	file := plain(c.File)
	if file == "" {
		file = d.file()
	}
	where := file
	if c.Line > 0 {
		where = pick(d.head(), fmt.Sprintf("%s line %d", file, c.Line), fmt.Sprintf("Settings line %d", c.Line), fmt.Sprintf("Line %d", c.Line))
	}
	what := wrap(plain(c.Words), d.cols, 0)
	runs := pick(d.cols, "Old settings in use", "Old ones in use")
	if c.Fatal {
		runs = pick(d.cols, "Built-in ones in use", "Built-in in use")
	}
	count := "1 mistake"
	if c.Total > 1 {
		count = fmt.Sprint(c.Total, " mistakes")
	}
	mended, how := pick(d.head(), "Mended? Reload it:", "Mended? Reload:", "Mended?"), "Start it anew"
	if k := d.s.keyOf(Menu); k != "" {
		how = k + " Menu, then 9"
	}
	if !d.tall() {
		for len(what) < 2 {
			what = append(what, "")
		}
		return append(d.cutPages(append(append([]string{where}, what...), runs)), []string{mended, how})
	}
	var pages [][]string
	for i := 0; i < len(what); i += 2 {
		pages = append(pages, []string{where, what[i], append(what, "")[i+1], runs})
	}
	return append(pages, []string{count, runs, pick(d.cols, "Mended? Reload it:"), how})
}
