package writelog

import (
	"bytes"
	"testing"
)

func TestMoments(t *testing.T) {
	for _, c := range []struct {
		name string
		log  []written
		none string // the disk at each moment when nothing of what is not certain is there
		all  string // when all of it is
	}{
		{"no writes", nil, "....", "...."},
		{"never flushed", []written{{1, 0, "ab"}}, "....", ".ab."},
		{"flushed", []written{{1, 0, "ab"}, {0, Flush, ""}}, ".... .ab.", ".ab. .ab."},
		{"written over", []written{{1, 0, "ab"}, {0, Flush, ""}, {2, 0, "c"}, {2, 0, "d"}, {0, Flush, ""}},
			".... .ab. .ad.", ".ab. .ad. .ad."},
		{"a flush with a write after it", []written{{0, 0, "a"}, {1, Flush, "b"}}, ".... a...", "a... ab.."},
		{"at once", []written{{0, 0, "a"}, {1, FUA, "b"}, {0, Flush, ""}}, ".b.. ab..", "ab.. ab.."},
		{"over what was not certain", []written{{0, 0, "a"}, {0, FUA, "b"}}, "b...", "b..."},
		{"flushed, then at once", []written{{0, 0, "a"}, {1, FUA | Flush, "b"}}, ".... ab..", "a... ab.."},
		{"discarded", []written{{0, 0, "abcd"}, {0, Flush, ""}, {1, Discard, "xx"}, {0, Flush, ""}},
			".... abcd a00d", "abcd a00d a00d"},
	} {
		l, err := Read(bytes.NewReader(logOf(c.log...)))
		if err != nil {
			t.Fatal(err)
		}
		for want, there := range map[string]bool{c.none: false, c.all: true} {
			d, got := newDisk("...."), ""
			for _, m := range l.Moments() {
				if err := l.Apply(d, m.Kept); err != nil {
					t.Fatal(err)
				}
				was := d.String()
				undo, err := l.Try(d, m.Since, func() bool { return there })
				got += " " + d.String()
				if wrong := undo(); err != nil || wrong != nil || d.String() != was {
					t.Errorf("%s: %v, %v, %v is not %v again", c.name, err, wrong, d, was)
				}
			}
			if got != " "+want {
				t.Errorf("%s, there %v:%s, want %s", c.name, there, got, want)
			}
		}
	}
}

// Of a write of many sectors any may be there.
func TestTorn(t *testing.T) {
	l, err := Read(bytes.NewReader(logOf(written{1, 0, "abcdef"})))
	if err != nil {
		t.Fatal(err)
	}
	d, n := newDisk("........"), 0
	undo, err := l.Try(d, l.Entries, func() bool { n++; return n%2 == 0 })
	if err != nil || d.String() != "..b.d.f." {
		t.Errorf("%v, %v", d, err)
	}
	if err := undo(); err != nil || d.String() != "........" {
		t.Errorf("%v, %v", d, err)
	}
}

// More than one chunk, and a disk that ends too soon.
func TestLongWrites(t *testing.T) {
	const n = chunk/size + 3
	text := string(bytes.Repeat([]byte("w"), n))
	l, err := Read(bytes.NewReader(logOf(written{1, 0, text})))
	if err != nil {
		t.Fatal(err)
	}
	d := make(disk, (n+2)*size)
	if err := l.Apply(d, l.Entries); err != nil || d.String() != "0"+text+"0" {
		t.Error(err)
	}
	short := newDisk("....")
	if err := l.Apply(short, l.Entries); err == nil {
		t.Error("written beyond the end")
	}
	undo, err := l.Try(short, l.Entries, func() bool { return true })
	if wrong := undo(); err == nil || wrong != nil || short.String() != "...." {
		t.Errorf("%v, %v, %v", err, wrong, short)
	}
}
