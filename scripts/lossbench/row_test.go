package main

import (
	"slices"
	"testing"
	"time"

	"github.com/offhook/offhook/scripts/measure"
)

func TestWhichCasesAreHeard(t *testing.T) {
	for _, c := range []struct {
		options
		want int
	}{
		{options{}, len(circumstances) * len(codecs)},
		{options{codecs: "pcmu,OPUS"}, len(circumstances) * 2},
		{options{only: "bursts", codecs: "G722"}, 1},
		{options{only: "of no such name"}, 0},
		{options{codecs: "G729"}, 0},
	} {
		if rows := c.options.rows(); len(rows) != c.want {
			t.Errorf("%+v: %d rows", c, len(rows))
		}
	}
}

// Who has spoken for longer than the speech lasts speaks it again.
func TestASpeechThatHasBegun(t *testing.T) {
	said := measure.Signal{Rate: 10, X: []float64{1, 2, 3, 4}}
	for after, want := range map[time.Duration][]float64{
		0:                      {1, 2, 3, 4},
		100 * time.Millisecond: {2, 3, 4, 1},
		time.Second:            {3, 4, 1, 2},
	} {
		if got := turned(said, after); !slices.Equal(got.X, want) || got.Rate != 10 {
			t.Errorf("after %v: %v", after, got)
		}
	}
	if got := turned(measure.Signal{Rate: 10}, time.Second); len(got.X) > 0 {
		t.Errorf("nothing, turned: %v", got)
	}
}
