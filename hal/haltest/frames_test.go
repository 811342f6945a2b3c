package haltest_test

import (
	"slices"
	"testing"

	"github.com/offhook/offhook/hal"
	"github.com/offhook/offhook/hal/haltest"
)

func TestFrame(t *testing.T) {
	got := haltest.Frame(hal.Size{Cols: 4, Rows: 2}, "ab", "cdefg")
	if want := (hal.Frame{Size: hal.Size{Cols: 4, Rows: 2}, Text: [4]string{"ab  ", "cdef"}, Light: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Each frame keeps what the one before had, and all bytes are used.
func TestFrames(t *testing.T) {
	size := hal.Size{Cols: 3, Rows: 2}
	var rows []string
	var choices []byte
	haltest.Frames(size, []rune("xéz"), []byte{1, 2, 0, 24}, func(f hal.Frame, choice byte) {
		rows, choices = append(rows, f.Text[0]+"|"+f.Text[1]), append(choices, choice)
	})
	// 1: cells 7%6 = 1 and (7+2)%6 = 3; 0: cell 0; 24: cell 168%6 = 0, and no more.
	want := []string{" é |z  ", "xé |z  ", "xé |z  "}
	if !slices.Equal(rows, want) || !slices.Equal(choices, []byte{1, 0, 24}) {
		t.Errorf("%q, want %q; %v", rows, want, choices)
	}
	haltest.Frames(size, []rune("x"), nil, func(hal.Frame, byte) { t.Error("there is a frame of nothing") })
}
