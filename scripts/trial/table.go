package trial

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Document is what is printed: lines and tables, one after the other.
type Document []Part

// A Part is a title, then a table, then lines; each may be missing.
type Part struct {
	Title string
	Table [][]string // rows of equal length, the first is the head; the first column is text
	Lines []string
}

// Text is the document for a terminal: columns aligned, numbers to the right.
func (d Document) Text() string {
	var b strings.Builder
	for _, p := range d {
		b.WriteByte('\n')
		if p.Title != "" {
			fmt.Fprintln(&b, p.Title)
		}
		widths := columns(p.Table)
		for i, row := range p.Table {
			b.WriteString("  " + aligned(row, widths) + "\n")
			if i == 0 {
				fmt.Fprintf(&b, "  %s\n", strings.Repeat("-", sum(widths)+2*(len(widths)-1)))
			}
		}
		for _, line := range p.Lines {
			fmt.Fprintln(&b, "  "+line)
		}
	}
	return b.String()
}

// columns are the widths that hold every cell.
func columns(table [][]string) []int {
	var widths []int
	for _, row := range table {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func aligned(row []string, widths []int) string {
	cells := make([]string, len(row))
	for i, cell := range row {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 {
			cells[i] = cell + space
		} else {
			cells[i] = space + cell
		}
	}
	return strings.TrimRight(strings.Join(cells, "  "), " ")
}

func sum(all []int) (n int) {
	for _, v := range all {
		n += v
	}
	return n
}

// Markdown is the document for docs/bench.
func (d Document) Markdown() string {
	var b strings.Builder
	for i, p := range d {
		if i == 0 {
			fmt.Fprintf(&b, "# %s\n", p.Title)
		} else if p.Title != "" {
			fmt.Fprintf(&b, "\n## %s\n", p.Title)
		}
		for i, row := range p.Table {
			if i == 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
			if i == 0 {
				fmt.Fprintf(&b, "|---|%s\n", strings.Repeat("---:|", len(row)-1))
			}
		}
		if len(p.Lines) > 0 {
			b.WriteByte('\n')
		}
		for _, line := range p.Lines {
			fmt.Fprintf(&b, "- %s\n", line)
		}
	}
	return b.String()
}
