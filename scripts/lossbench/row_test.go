package main

import "testing"

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
