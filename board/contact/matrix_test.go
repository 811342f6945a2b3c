package contact

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/offhook/offhook/hal"
)

func ms(n int) time.Time { return time.UnixMilli(int64(n)) }

func TestDebounce(t *testing.T) {
	type reading struct {
		at     int // ms
		closed bool
		moved  int // ms of the change that it completes; -1: none
	}
	for name, readings := range map[string][]reading{
		"clean":           {{0, false, -1}, {5, true, -1}, {15, true, -1}, {20, true, 5}, {25, true, -1}, {30, false, -1}, {45, false, 30}},
		"bounces":         {{0, true, -1}, {5, false, -1}, {10, true, -1}, {20, true, -1}, {24, true, -1}, {25, true, 10}},
		"a spike":         {{0, true, -1}, {14, true, -1}, {15, false, -1}, {100, false, -1}},
		"a lazy reader":   {{0, true, -1}, {500, true, 0}},
		"never the first": {{0, true, -1}},
	} {
		d := Level{Settle: 15 * time.Millisecond}
		for _, r := range readings {
			changed, moved := d.Step(r.closed, ms(r.at))
			if changed != (r.moved >= 0) || changed && !moved.Equal(ms(r.moved)) {
				t.Errorf("%s: at %d ms: changed %v, moved %v", name, r.at, changed, moved)
			}
		}
	}
}

// However a contact bounces, levels alternate, and each was seen when it is said to have begun.
func TestDebounceAlternates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, at, last := Level{Settle: 15 * time.Millisecond}, 0, false
		seen := map[int]bool{}
		for range 200 {
			at += rapid.IntRange(1, 12).Draw(t, "later")
			level := rapid.Bool().Draw(t, "level")
			seen[at] = level
			if changed, moved := d.Step(level, ms(at)); changed {
				if d.Closed == last || seen[int(moved.UnixMilli())] != d.Closed || at-int(moved.UnixMilli()) < 15 {
					t.Fatalf("at %d: steady %v after %v, moved %v", at, d.Closed, last, moved)
				}
				last = d.Closed
			}
		}
	})
}

func TestMatrix(t *testing.T) {
	m := NewMatrix([]string{"12", "45"}, 10*time.Millisecond)
	for _, c := range []struct {
		at   int
		scan []uint64
		want []hal.KeyInput
	}{
		{0, []uint64{0b00, 0b00}, nil},
		{5, []uint64{0b01, 0b00}, nil},
		{15, []uint64{0b01, 0b00}, []hal.KeyInput{{Key: '1', Down: true, At: ms(5)}}},
		{20, []uint64{0b11, 0b00}, nil},
		{30, []uint64{0b11, 0b00}, []hal.KeyInput{{Key: '2', Down: true, At: ms(20)}}},
		{35, []uint64{0b11, 0b11}, nil}, // 4 is pressed and 5 appears: neither counts
		{90, []uint64{0b11, 0b11}, nil},
		{95, []uint64{0b10, 0b01}, nil}, // 1 goes up: what is 4 can be told
		{105, []uint64{0b10, 0b01}, []hal.KeyInput{{Key: '1', At: ms(95)}, {Key: '4', Down: true, At: ms(95)}}},
		{110, []uint64{0, 0}, nil},
		{120, []uint64{0, 0}, []hal.KeyInput{{Key: '2', At: ms(110)}, {Key: '4', At: ms(110)}}},
		{125, nil, nil}, // no scan at all
	} {
		if diff := cmp.Diff(c.want, m.Step(c.scan, ms(c.at))); diff != "" {
			t.Errorf("at %d ms (-want +got):\n%s", c.at, diff)
		}
	}
}

// Keys of a keypad that is gone go up, once; those that are down when it is back go down anew.
func TestRelease(t *testing.T) {
	at := time.Unix(0, 0)
	m := NewMatrix([]string{"12", " 3"}, 0)
	if got := m.Step([]uint64{0b11, 0b01}, at); len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	later := at.Add(time.Second)
	want := []hal.KeyInput{{Key: '1', At: later}, {Key: '2', At: later}}
	if got := m.Release(later); !slices.Equal(got, want) || m.Moving() {
		t.Errorf("%+v", got)
	}
	if got := m.Release(later); got != nil {
		t.Errorf("again %+v", got)
	}
	if got := m.Step([]uint64{0b01}, later); len(got) != 1 || !got[0].Down {
		t.Errorf("back %+v", got)
	}
}
