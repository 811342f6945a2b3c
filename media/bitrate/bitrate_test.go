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
		{"a clean way: more, up to the most", Most, []Report{{}, {}, {}, {}},
			[]Order{{32000, 0}, {36000, 0}, {40000, 0}, {40000, 0}}},
		{"the far end takes little", 20000, []Report{{}, {}, {}},
			[]Order{{20000, 0}, {20000, 0}, {20000, 0}}},
		{"and less than our least", 8000, []Report{{Lost: .5}, {}, {}},
			[]Order{{8000, 30}, {8000, 30}, {8000, 22}}},
		{"a little loss: correction, no less", Most, []Report{{Lost: .02}, {Lost: .02}},
			[]Order{{32000, 5}, {32000, 5}}},
		{"correction ends some time after the loss", Most, []Report{{Lost: .03}, {}, {}, {}},
			[]Order{{32000, 5}, {32000, 5}, {36000, 5}, {40000, 0}}},
		{"much loss: less", Most, []Report{{Lost: .12}, {Lost: .12}, {Lost: .5}},
			[]Order{{28000, 12}, {24500, 12}, {21437, 30}}},
		{"never below the least", Most, []Report{{Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}, {Lost: .9}},
			[]Order{{28000, 30}, {24500, 30}, {21437, 30}, {18757, 30}, {16412, 30}, {16000, 30}, {16000, 30}}},
		{"queues fill", Most, []Report{{RoundTrip: 30 * ms}, {RoundTrip: 35 * ms}, {Lost: .02, RoundTrip: 250 * ms}, {RoundTrip: 40 * ms}, {RoundTrip: 40 * ms}},
			[]Order{{32000, 0}, {36000, 0}, {27000, 5}, {27000, 5}, {30375, 0}}},
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

// Whatever is reported, the order stays within its bounds.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(6000, 510000).Draw(t, "most")
		m := New(most)
		for range rapid.IntRange(1, 50).Draw(t, "reports") {
			var o Order
			m, o = m.Step(Report{rapid.Float64().Draw(t, "lost"), time.Duration(rapid.Int64().Draw(t, "round trip"))})
			if o.Bitrate > min(most, Most) || o.Bitrate < min(most, Least) || o.Loss < 0 || o.Loss > worst || o.Loss > 0 && o.Loss < least {
				t.Fatalf("%+v", o)
			}
		}
	})
}
