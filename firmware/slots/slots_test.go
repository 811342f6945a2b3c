package slots

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncoded(t *testing.T) {
	want := Record{Written: 7, Good: B, Trial: A, Left: 2, Asked: A, Update: Hash{1, 2, 31: 3}, Before: Health{true, true},
		Refused: [MaxRefused]Hash{{31: 4}, {5}, {}, {31: 6}}}
	copy(want.Version[:], "v1.2.3-4-gdeadbee")
	b := want.Encode()
	if got, err := Decode(b); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range b {
		b[i] ^= 1
		if _, err := Decode(b); err == nil {
			t.Errorf("byte %d wrong, and it is read", i)
		}
		b[i] ^= 1
	}
}

// Whatever a power cut leaves of one copy, the other one holds.
func TestLatest(t *testing.T) {
	old, young := Record{Written: 0xffffffff, Good: A}, Record{Written: 0, Good: B}
	torn := append(young.Encode()[:256], make([]byte, 256)...)
	for _, c := range []struct {
		name   string
		copies [2][]byte
		want   Record
		next   int
	}{
		{"just flashed", [2][]byte{make([]byte, Size), make([]byte, Size)}, Record{}, 0},
		{"one", [2][]byte{old.Encode(), nil}, old, 1},
		{"the count wraps", [2][]byte{old.Encode(), young.Encode()}, young, 0},
		{"the other way", [2][]byte{young.Encode(), old.Encode()}, young, 1},
		{"torn", [2][]byte{old.Encode(), torn}, old, 1},
		{"torn, the other", [2][]byte{torn, old.Encode()}, old, 0},
	} {
		got, next := Latest(c.copies)
		if diff := cmp.Diff(c.want, got); diff != "" || next != c.next {
			t.Errorf("%s: next %d (-want +got):\n%s", c.name, next, diff)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Record{Written: 1, Good: A, Trial: B, Left: 1}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(b)
		if err != nil {
			return
		}
		if again, err := Decode(r.Encode()); err != nil || again != r {
			t.Errorf("%+v became %+v, %v", r, again, err)
		}
		for loaded := None; loaded <= B; loaded++ {
			if c, _ := Choose(r, loaded); c.Boot != A && c.Boot != B {
				t.Errorf("%+v boots %v", r, c.Boot)
			}
		}
	})
}
