package slots

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Record
		boot Slot
		out  Record
	}{
		{"just flashed", Record{}, A, Record{Good: A}},
		{"nothing to try", Record{Good: B}, B, Record{Good: B}},
		{"first try", Record{Good: A, Trial: B, Left: 2}, B, Record{Good: A, Trial: B, Left: 1}},
		{"last try", Record{Good: A, Trial: B, Left: 1}, B, Record{Good: A, Trial: B}},
		{"it never proved itself", Record{Good: A, Trial: B}, A, Record{Good: A}},
		{"the good one is no trial", Record{Good: B, Trial: B, Left: 9}, B, Record{Good: B}},
	} {
		boot, out := Choose(c.in)
		if boot != c.boot || out != c.out {
			t.Errorf("%s: boots %v with %+v", c.name, boot, out)
		}
	}
}

// An update that works, and one that does not, boot by boot.
func TestUpdate(t *testing.T) {
	r := Record{}.Try()
	boot, r := Choose(r)
	if boot != B {
		t.Fatalf("boots %v", boot)
	}
	if boot, _ = Choose(r.Proved(boot)); boot != B {
		t.Errorf("proved, and boots %v", boot)
	}
	r = Record{}.Try()
	for n, want := range []Slot{B, B, A, A} {
		if boot, r = Choose(r); boot != want {
			t.Errorf("boot %d: %v", n, boot)
		}
	}
}

func TestEncoded(t *testing.T) {
	want := Record{Written: 7, Good: B, Trial: A, Left: 2}
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
		if boot, _ := Choose(r); boot != A && boot != B {
			t.Errorf("%+v boots %v", r, boot)
		}
	})
}
