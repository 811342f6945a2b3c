//go:build soak

package soak

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offhook/offhook/hal"
)

// longestLog is how many calls a phone remembers.
const longestLog = 500

// readLog goes through the call log by the menu's keys and returns the marks, newest
// first.
func readLog(d *desk) (marks []rune, err error) {
	if err := d.Tap("A"); err != nil {
		return nil, err
	}
	time.Sleep(300 * time.Millisecond)
	if err := d.Tap("#"); err != nil {
		return nil, err
	}
	time.Sleep(500 * time.Millisecond)
	for len(marks) <= longestLog {
		below, more, err := belowCursor(d)
		if err != nil {
			return nil, err
		}
		if !more {
			for _, line := range below {
				if line != "" {
					marks = append(marks, markOf(line))
				}
			}
			break
		}
		marks = append(marks, markOf(below[0]))
		if err := d.Press('8'); err != nil {
			return nil, err
		}
		if err := d.Release(hal.Key('8')); err != nil {
			return nil, err
		}
		time.Sleep(40 * time.Millisecond)
	}
	return marks, d.Tap("**")
}

// belowCursor reads the line at the cursor and those below it, once they are there, and
// whether more follow.
func belowCursor(d *desk) (lines []string, more bool, err error) {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		lcd, err := d.LCD()
		if err != nil {
			return nil, false, err
		}
		rows := strings.Split(lcd.String(), "\n")
		at := slices.IndexFunc(rows, func(r string) bool { return strings.HasPrefix(r, ">") })
		if strings.HasPrefix(rows[0], "*Back #Dial") && at > 0 && !strings.Contains(lcd.String(), "...") {
			return rows[at:], at+1 < len(rows) && strings.TrimSpace(rows[at+1]) != "", nil
		}
		if time.Now().After(end) {
			return nil, false, fmt.Errorf("no call log:\n%s", lcd)
		}
	}
}

// markWords are how a call went, by the word behind the cursor.
var markWords = map[string]rune{"out": '>', "in": '<', "miss": '!', "no": 'x', "fail": 'x'}

// markOf is how the call of a line went.
func markOf(line string) rune {
	if words := strings.Fields(strings.TrimPrefix(line, ">")); len(words) > 0 && markWords[words[0]] != 0 {
		return markWords[words[0]]
	}
	return '?'
}

// compareLog reads the log and says how it differs from what it should hold.
func compareLog(d *desk) error {
	got, err := readLog(d)
	if err != nil {
		return err
	}
	want := slices.Clone(d.log)
	slices.Reverse(want)
	want = want[:min(len(want), longestLog)]
	// The log is by when calls began, the script's marks are by when they ended: of calls that
	// overlap only which there were is compared. Their order is the store's, and proved there.
	slices.Sort(got)
	slices.Sort(want)
	if string(got) != string(want) {
		return fmt.Errorf("the call log has %d entries, want %d; sorted\n got %s\nwant %s", len(got), len(want), string(got), string(want))
	}
	return nil
}
