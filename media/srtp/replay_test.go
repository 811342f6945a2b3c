package srtp

import (
	"bytes"
	"testing"

	"github.com/offhook/offhook/media/agreement"
)

// A packet is taken once, whenever it comes again: at once, after the sequence number has
// begun anew (its rollover counter is another then), and when its number is in use once more.
// One that is late is taken as long as the window knows that it is new (RFC 3711 §3.3.2).
func TestReplayOverTheRollover(t *testing.T) {
	for _, s := range agreement.Suites() {
		out, in := pair(t, s, agreement.MKI{})
		voice := bytes.Repeat([]byte{0x55}, 20)
		took := func(sealed []byte) bool {
			_, err := in.Open(bytes.Clone(sealed))
			return err == nil
		}
		var recorded [][]byte
		late := map[int][]byte{}
		const first = 65536 - 300
		for i := range 600 {
			sealed := seal(t, out, packet(t, uint16(first+i), voice))
			recorded = append(recorded, sealed)
			switch {
			case i%40 == 7: // comes later
				late[i] = sealed
				continue
			case i > 290 && i < 310 && i%3 == 0: // lost for ever, right at the rollover
				continue
			}
			if !took(sealed) {
				t.Fatalf("%v: packet %d is refused", s, i)
			}
			if was := i - window/2; late[was] != nil {
				if !took(late[was]) {
					t.Errorf("%v: packet %d, %d late, is refused", s, was, window/2)
				}
				if took(late[was]) {
					t.Errorf("%v: packet %d is taken twice", s, was)
				}
				delete(late, was)
			}
		}
		for i := range recorded[:600-2*window] {
			if took(recorded[i]) {
				t.Fatalf("%v: packet %d of long ago is taken", s, i)
			}
		}
		for i := 600 - 2*window; i < 600; i++ {
			if late[i] == nil && took(recorded[i]) {
				t.Fatalf("%v: packet %d is taken again", s, i)
			}
		}
		// A whole round later every number is in use again, and still none of them is taken.
		for i := 600; i < 600+65536; i++ {
			sealed := seal(t, out, packet(t, uint16(first+i), nil))
			if i%64 == 0 && !took(sealed) {
				t.Fatalf("%v: packet %d is refused", s, i)
			}
		}
		for i, sealed := range recorded {
			if took(sealed) {
				t.Fatalf("%v: packet %d is taken a round later", s, i)
			}
		}
	}
}

// Reports have an index of their own, which does not roll over (RFC 3711 §3.4).
func TestReplayedReports(t *testing.T) {
	for _, s := range agreement.Suites() {
		out, in := pair(t, s, agreement.MKI{})
		plain := []byte{0x80, 201, 0, 1, 0, 0, 0, 7}
		var recorded [][]byte
		for range 3 * reportWindow {
			sealed, err := out.SealReport(plain)
			if err != nil {
				t.Fatal(err)
			}
			recorded = append(recorded, bytes.Clone(sealed))
		}
		took := func(i int) bool {
			_, err := in.OpenReport(bytes.Clone(recorded[i]))
			return err == nil
		}
		for i := 0; i < len(recorded); i += 2 { // the others are late
			if !took(i) || took(i) {
				t.Fatalf("%v: report %d", s, i)
			}
		}
		last := len(recorded) - 1
		if i := last - reportWindow/2 | 1; !took(i) || took(i) {
			t.Errorf("%v: report %d, late, is not taken once", s, i)
		}
		for i := range reportWindow {
			if took(i) {
				t.Fatalf("%v: report %d of long ago is taken", s, i)
			}
		}
	}
}
