package learn

import (
	"errors"
	"fmt"
	"slices"
)

// errNoMatrix are contacts that no rows and columns make.
var errNoMatrix = errors.New("these contacts are no matrix: a key joins two rows, or two columns")

// A matrix is rows and columns, and the key where each two cross; ' ' where there is none.
type matrix struct {
	rows, cols []int
	keys       []string
}

// sort makes rows and columns of contacts: the pins fall into two sides so that each key joins
// one of either. Rows are the side that the first key shares with the second.
func sort(contacts []contact) (matrix, error) {
	sides, err := sidesOf(contacts)
	if err != nil || len(contacts) == 0 {
		return matrix{}, err
	}
	rows := sides[contacts[0].pair[0]]
	if len(contacts) > 1 {
		for _, pin := range contacts[0].pair {
			if slices.Contains(contacts[1].pair[:], pin) {
				rows = sides[pin]
			}
		}
	}
	var m matrix
	at := map[int]int{} // of each pin among the rows or the columns, in the order of the keys
	for _, c := range contacts {
		for _, pin := range c.pair {
			if _, known := at[pin]; known {
				continue
			}
			if sides[pin] == rows {
				at[pin], m.rows = len(m.rows), append(m.rows, pin)
			} else {
				at[pin], m.cols = len(m.cols), append(m.cols, pin)
			}
		}
	}
	table := make([][]rune, len(m.rows))
	for i := range table {
		table[i] = []rune(fmt.Sprintf("%*s", len(m.cols), ""))
	}
	for _, c := range contacts {
		row, col := c.pair[0], c.pair[1]
		if sides[row] != rows {
			row, col = col, row
		}
		table[at[row]][at[col]] = c.legend
	}
	for _, row := range table {
		m.keys = append(m.keys, string(row))
	}
	return m, nil
}

// sidesOf gives each pin its side, true or false. Contacts that hang together with no others
// are placed so that the pin that comes first is on the side of the first pin of all.
func sidesOf(contacts []contact) (map[int]bool, error) {
	sides := map[int]bool{}
	for range contacts {
		for _, c := range contacts { // as far as it can be told from what is known
			a, b := c.pair[0], c.pair[1]
			sideA, knownA := sides[a]
			sideB, knownB := sides[b]
			switch {
			case knownA && knownB && sideA == sideB:
				return nil, errNoMatrix
			case knownA:
				sides[b] = !sideA
			case knownB:
				sides[a] = !sideB
			}
		}
		for _, c := range contacts {
			if _, known := sides[c.pair[0]]; !known {
				sides[c.pair[0]] = true
				break
			}
		}
	}
	return sides, nil
}
