package rpi

import (
	"time"

	"github.com/offhook/offhook/hal"
)

// matrix turns scans of a key matrix into keys. It is pure.
type matrix struct {
	keys     [][]rune // legend by row and column
	contacts [][]debounce
}

func newMatrix(keys []string, settle time.Duration) *matrix {
	m := &matrix{}
	for _, row := range keys {
		legends := []rune(row)
		contacts := make([]debounce, len(legends))
		for i := range contacts {
			contacts[i].settle = settle
		}
		m.keys, m.contacts = append(m.keys, legends), append(m.contacts, contacts)
	}
	return m
}

// step takes one scan: for each row the columns that are closed, as bits. A matrix without
// diodes shows a fourth key where three corners of a rectangle are pressed; such a scan adds
// no key, but those that went up still do.
func (m *matrix) step(scan []uint64, at time.Time) []hal.KeyInput {
	ghosts := ghostly(scan)
	var moved []hal.KeyInput
	for r, row := range m.contacts {
		for c := range row {
			closed := r < len(scan) && scan[r]&(1<<c) != 0
			if ghosts && closed && !row[c].steady {
				row[c].moving = false
				continue
			}
			if changed, since := row[c].step(closed, at); changed {
				moved = append(moved, hal.KeyInput{Key: hal.Key(m.keys[r][c]), Down: closed, At: since})
			}
		}
	}
	return moved
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
