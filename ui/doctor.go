package ui

import (
	"github.com/offhook/offhook/firmware/doctor"
)

// Examine asks to have the phone examined; Examined answers.
type Examine struct{}

// WriteReport asks for a report for those who are to help; Reported answers.
type WriteReport struct{}

// Examined tells what was found.
type Examined struct{ Findings doctor.Findings }

// Reported tells what became of the report: "Report saved on the card: report.txt".
type Reported struct{ Words string }

func (Examine) effect()     {}
func (WriteReport) effect() {}
func (Examined) event()     {}
func (Reported) event()     {}

// helpEntries are the menu's lines about what is wrong.
var helpEntries = []entry{
	{key: 'e', words: "Doctor", narrow: "Doctor", opens: doctorPage, does: Examine{}},
	{key: 'p', words: "Save report", narrow: "Save report", opens: reportPage, does: WriteReport{}},
}

// findings are the lines of the doctor's page: what is to be mended first, then layer by layer,
// as many whatever the display.
func (s State) findings(cols int) []string {
	if s.found == (doctor.Findings{}) {
		return nil
	}
	first, fails := s.found.First()
	var lines []string
	if fails {
		lines = finding(first, cols)
	}
	for _, f := range s.found {
		if !fails || f != first {
			lines = append(lines, finding(f, cols)...)
		}
	}
	return lines
}

// finding is a layer and what is thought of it; of one that does not work, why, and what to do.
func finding(f doctor.Finding, cols int) []string {
	verdict := [...]string{doctor.None: "-", doctor.Good: "ok", doctor.Bad: "FAILS", doctor.Unsure: "?", doctor.Waits: "waits"}[f.Verdict]
	name := f.Layer.String()
	if f.Layer == doctor.Registration && width(name)+1+width(verdict) > cols {
		name = "Register"
	}
	lines := []string{row(name, verdict, cols)}
	if f.Verdict == doctor.Bad || f.Verdict == doctor.Unsure {
		for _, l := range fold(plain(f.Words), infoCols) {
			lines = append(lines, " "+l)
		}
	}
	if f.Remedy != "" {
		for _, l := range fold(plain("To do: "+f.Remedy), infoCols) {
			lines = append(lines, " "+l)
		}
	}
	return lines
}

// examination is the doctor's page.
func (d drawer) examination() [][]string {
	if d.s.length() > 0 {
		return [][]string{d.scrolled()}
	}
	return d.cutPages([]string{pick(d.head(), "Doctor", "Doctor"), pick(d.cols, "Examining, a while", "Examining"), "A tone sounds"})
}

// report is the page that says what became of the report.
func (d drawer) report() [][]string {
	if d.s.report == "" {
		return d.cutPages([]string{pick(d.head(), "Report"), "Writing..."})
	}
	return d.cutPages(wrap(plain(d.s.report), d.cols, 0))
}
