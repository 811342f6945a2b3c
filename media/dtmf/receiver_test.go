package dtmf

import (
	"math/rand/v2"
	"testing"
)

type wire struct {
	ssrc, stamp uint32
	payload     []byte
}

// sent is what a sender puts on the wire for some digits, each key held for so many slots.
func sent(digits string, on int) (packets []wire) {
	s := &Sender{Clock: 8000}
	stamp := uint32(0xfffffe00) // wraps on the way
	began := stamp
	for _, d := range []byte(digits) {
		s.Press(d)
		for slot := 0; s.Active(); slot++ {
			if slot == on {
				s.Lift()
			}
			stamp += 160
			if p, ok := s.Next(8000); ok {
				if p.Marker {
					began = stamp - 160
				}
				w := wire{7, began + p.Into, make([]byte, PayloadLen)}
				p.Put(w.payload)
				packets = append(packets, w)
			}
		}
	}
	return packets
}

func received(r *Receiver, packets []wire) string {
	var got []byte
	for _, p := range packets {
		if d, ok := r.Take(p.ssrc, p.stamp, p.payload); ok {
			got = append(got, d)
		}
	}
	return string(got)
}

const everyDigit = "0123456789*#ABCD"

func TestReceiverEveryDigitOnce(t *testing.T) {
	for _, digits := range []string{everyDigit, "11", "112233", "5555555"} {
		if got := received(&Receiver{}, sent(digits, 0)); got != digits {
			t.Errorf("%s arrived as %s", digits, got)
		}
	}
}

// Whatever single packet is lost, doubled or late, the digits stay exact.
func TestReceiverOnePacketWrong(t *testing.T) {
	const digits = "1123"
	packets := sent(digits, 0)
	for i := range packets {
		lost := append(append([]wire(nil), packets[:i]...), packets[i+1:]...)
		if got := received(&Receiver{}, lost); got != digits {
			t.Errorf("packet %d lost: %s arrived as %s", i, digits, got)
		}
		double := append(append([]wire(nil), packets[:i+1]...), packets[i:]...)
		if got := received(&Receiver{}, double); got != digits {
			t.Errorf("packet %d doubled: %s arrived as %s", i, digits, got)
		}
		if i > 0 {
			swapped := append([]wire(nil), packets...)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			if got := received(&Receiver{}, swapped); got != digits {
				t.Errorf("packet %d early: %s arrived as %s", i, digits, got)
			}
		}
	}
}

// All end packets lost, and every other packet, in any pattern that leaves one of each.
func TestReceiverHeavyLoss(t *testing.T) {
	packets := sent(everyDigit, 0)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		kept := map[uint32]bool{}
		var some []wire
		for i, p := range packets {
			last := i+1 == len(packets) || packets[i+1].stamp != p.stamp
			if r.IntN(3) == 0 || last && !kept[p.stamp] {
				kept[p.stamp] = true
				some = append(some, p)
			}
		}
		if got := received(&Receiver{}, some); got != everyDigit {
			t.Fatalf("seed %d: arrived as %s", seed, got)
		}
	}
}

func TestReceiverLongToneIsOneDigit(t *testing.T) {
	packets := sent("7", 1000)
	if got := received(&Receiver{}, packets); got != "7" {
		t.Errorf("a tone of 20 s arrived as %s", got)
	}
	if got := received(&Receiver{}, append(packets, sent("7", 0)...)); len(got) > 2 {
		t.Errorf("arrived as %s", got)
	}
}

func TestReceiverIgnores(t *testing.T) {
	r := &Receiver{}
	for name, payload := range map[string][]byte{
		"empty": {}, "short": {1, 2, 3}, "hook flash": {16, 10, 0, 160}, "other event": {255, 0x8a, 1, 0},
	} {
		if d, ok := r.Take(1, 1, payload); ok {
			t.Errorf("%s: taken for %q", name, d)
		}
	}
	if d, ok := r.Take(1, 1, []byte{1, 10, 0, 160, 9, 9, 9, 9}); !ok || d != '1' {
		t.Errorf("with bytes behind it: %q %v", d, ok)
	}
	if d, ok := r.Take(2, 1, []byte{1, 10, 0, 160}); !ok || d != '1' {
		t.Errorf("the same timestamp of another source: %q %v, want a digit", d, ok)
	}
	r.Reset()
	if _, ok := r.Take(2, 1, []byte{1, 10, 0, 160}); !ok {
		t.Error("after Reset: not a digit")
	}
}

func TestEventRoundTrip(t *testing.T) {
	for code := range uint8(16) {
		digit, ok := Digit(code)
		if back, also := Code(digit); !ok || !also || back != code {
			t.Errorf("code %d is %q is code %d", code, digit, back)
		}
		e := Event{Code: code, End: code%2 == 0, Volume: 63, Duration: 0xfedc}
		var b [PayloadLen]byte
		e.Put(b[:])
		if got, err := Parse(b[:]); err != nil || got != e {
			t.Errorf("%+v read back as %+v, %v", e, got, err)
		}
	}
	if c, ok := Code('d'); !ok || c != 15 {
		t.Errorf("d is %d %v, want 15", c, ok)
	}
}

// No payload makes the receiver panic, give what is no digit, or give one digit twice
// under the same timestamp.
func FuzzReceiver(f *testing.F) {
	for _, p := range sent("1#", 0) {
		f.Add(p.stamp, p.payload, p.stamp, p.payload)
	}
	f.Fuzz(func(t *testing.T, s1 uint32, p1 []byte, s2 uint32, p2 []byte) {
		var r Receiver
		d1, ok1 := r.Take(1, s1, p1)
		d2, ok2 := r.Take(1, s2, p2)
		for _, d := range []struct {
			digit byte
			ok    bool
		}{{d1, ok1}, {d2, ok2}} {
			if _, known := Code(d.digit); d.ok && !known {
				t.Errorf("%q is no digit", d.digit)
			}
		}
		if ok1 && ok2 && s1 == s2 {
			t.Errorf("two digits at timestamp %d", s1)
		}
	})
}
