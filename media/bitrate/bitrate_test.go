package bitrate

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

func TestFollowsTheReports(t *testing.T) {
	for _, c := range []struct {
		name    string
		most    int
		reports []Report
		want    []Order // after each
	}{
		{"a clean way: no copies, then more, up to the most", Most, []Report{{}, {}, {}, {}},
			[]Order{{32000, 0}, {36000, 0}, {40000, 0}, {40000, 0}}},
		{"the far end takes more than we send", 510000, []Report{{}, {}, {}, {}, {Lost: .1}},
			[]Order{{32000, 0}, {36000, 0}, {40000, 0}, {40000, 0}, {48000, 5}}},
		{"the far end takes little", 20000, []Report{{}, {}, {}},
			[]Order{{20000, 0}, {20000, 0}, {20000, 0}}},
		{"and less than our least", 8000, []Report{{Lost: .5}, {}, {}},
			[]Order{{8000, 15}, {8000, 15}, {8000, 11}}},
		{"a little loss: correction, on top", Copies, []Report{{Lost: .02}, {Lost: .02}},
			[]Order{{48000, 5}, {48000, 5}}},
		{"as much as the far end takes", Most, []Report{{Lost: .02}}, []Order{{40000, 5}}},
		{"correction ends some time after the loss", Copies, []Report{{Lost: .03}, {}, {}, {}},
			[]Order{{48000, 5}, {48000, 5}, {48000, 5}, {40000, 0}}},
		{"a tenth is lost and goes on so", Copies, []Report{{Lost: .12}, {Lost: .08}, {Lost: .14}, {Lost: .1}},
			[]Order{{48000, 6}, {48000, 5}, {48000, 7}, {48000, 5}}},
		{"much loss: less", Copies, []Report{{Lost: .22}, {Lost: .22}, {Lost: .5}},
			[]Order{{42000, 11}, {36750, 11}, {32155, 15}}},
		{"never below the least", Most, []Report{{Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}},
			[]Order{{40000, 15}, {36750, 15}, {32155, 15}, {28135, 15}, {24618, 15}, {24000, 15}, {24000, 15}}},
		{"queues fill", Copies, []Report{{RoundTrip: 30 * ms}, {RoundTrip: 35 * ms}, {Lost: .02, RoundTrip: 250 * ms}, {RoundTrip: 40 * ms}, {RoundTrip: 40 * ms}},
			[]Order{{32000, 0}, {36000, 0}, {40500, 5}, {40500, 5}, {30375, 0}}},
		{"slow without a loss", Most, []Report{{RoundTrip: 30 * ms}, {RoundTrip: 400 * ms}}, []Order{{32000, 0}, {36000, 0}}},
		{"a way that was always slow", Most, []Report{{RoundTrip: 600 * ms}, {RoundTrip: 640 * ms}},
			[]Order{{32000, 0}, {36000, 0}}},
	} {
		m := New(c.most)
		for i, r := range c.reports {
			var o Order
			if m, o = m.Step(r); o != c.want[i] || o != m.Order() {
				t.Errorf("%s: after report %d %+v, want %+v", c.name, i+1, o, c.want[i])
			}
		}
	}
}

// Until the far end has said how it fares, losses are reckoned with.
func TestBeginsProtected(t *testing.T) {
	for most, want := range map[int]Order{510000: {48000, 5}, Most: {40000, 5}, 12000: {12000, 5}} {
		if o := New(most).Order(); o != want {
			t.Errorf("%d bit/s at most: %+v, want %+v", most, o, want)
		}
	}
}

// Whatever is reported, the order stays within its bounds.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(6000, 510000).Draw(t, "most")
		m := New(most)
		for range rapid.IntRange(1, 50).Draw(t, "reports") {
			var o Order
			m, o = m.Step(Report{rapid.Float64().Draw(t, "lost"), time.Duration(rapid.Int64().Draw(t, "round trip"))})
			if o.Bitrate > min(most, Copies) || o.Loss == 0 && o.Bitrate > Most || o.Bitrate < min(most, Least) || o.Loss < 0 || o.Loss > lossMost || o.Loss > 0 && o.Loss < lossLeast {
				t.Fatalf("%+v", o)
			}
		}
	})
}
