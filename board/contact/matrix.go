package contact

import (
	"time"

	"github.com/offhook/offhook/hal"
)

// A Matrix turns scans of a key matrix into keys.
type Matrix struct {
	keys     [][]rune // legend by row and column
	contacts [][]Level
}

// NewMatrix makes a matrix of legends, one text per row, all keys up. ' ' is a crossing
// without a key.
func NewMatrix(keys []string, settle time.Duration) *Matrix {
	m := &Matrix{}
	for _, row := range keys {
		legends := []rune(row)
		contacts := make([]Level, len(legends))
		for i := range contacts {
			contacts[i].Settle = settle
		}
		m.keys, m.contacts = append(m.keys, legends), append(m.contacts, contacts)
	}
	return m
}

// Step takes one scan: for each row the columns that are closed, as bits. A matrix without
// diodes shows a fourth key where three corners of a rectangle are pressed; such a scan adds
// no key, but those that went up still do. Any other number of keys may be down at once.
func (m *Matrix) Step(scan []uint64, at time.Time) []hal.KeyInput {
	ghosts := ghostly(scan)
	var moved []hal.KeyInput
	for r, row := range m.contacts {
		for c := range row {
			closed := r < len(scan) && scan[r]&(1<<c) != 0
			if ghosts && closed && !row[c].Closed {
				row[c].moving = false
				continue
			}
			if changed, since := row[c].Step(closed, at); changed && m.keys[r][c] != ' ' {
				moved = append(moved, hal.KeyInput{Key: hal.Key(m.keys[r][c]), Down: closed, At: since})
			}
		}
	}
	return moved
}

// Release lets every key that is down go up: nobody can see them any more.
func (m *Matrix) Release(at time.Time) []hal.KeyInput {
	var moved []hal.KeyInput
	for r, row := range m.contacts {
		for c := range row {
			if row[c].Closed && m.keys[r][c] != ' ' {
				moved = append(moved, hal.KeyInput{Key: hal.Key(m.keys[r][c]), At: at})
			}
			row[c].Closed, row[c].moving = false, false
		}
	}
	return moved
}

// Moving says that a contact moves which does not count yet.
func (m *Matrix) Moving() bool {
	for _, row := range m.contacts {
		for i := range row {
			if row[i].moving {
				return true
			}
		}
	}
	return false
}

// ghostly says that two rows share two columns: one of the four keys may not be pressed.
func ghostly(scan []uint64) bool {
	for i, a := range scan {
		for _, b := range scan[i+1:] {
			if both := a & b; both&(both-1) != 0 {
				return true
			}
		}
	}
	return false
}
