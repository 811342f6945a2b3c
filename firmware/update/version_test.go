package update

import "testing"

// What counts as lower: each line is lower than the next.
func TestVersions(t *testing.T) {
	order := []Release{
		{"v0.9", 900}, {"v0.9.1", 100}, {"v0.10.0", 50}, {"v1.0.0-alpha", 60}, {"v1.0.0-rc2", 40}, {"v1.0.0-rc2-3-gabc1234", 41},
		{"v1.0.0-rc10", 30}, {"v1.0.0", 20}, {"v1.0.0-1-g12ab34c", 10}, {"v1.0.0-12-gdeadbee", 5}, {"v1.0.0-12-gdeadbee-dirty", 6},
		{"1.0.1", 1}, {"v2.0", 2}, {"v10.0.0", 0},
	}
	for i, a := range order {
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := Compare(a, b); got != want {
				t.Errorf("%v and %v: %d, want %d", a, b, got, want)
			}
		}
	}
	for _, c := range []struct {
		a, b Release
		want int
	}{
		{Release{"ddc213b", 100}, Release{"unversioned", 200}, -1},
		{Release{"ddc213b", 200}, Release{"v9.9.9", 100}, 1},
		{Release{"v1.0.0", 100}, Release{"v1.0.0-dirty", 200}, -1},
		{Release{"v1.0.0", 100}, Release{"1.0", 100}, 0},
		{Release{"v1.0.0-rc", 1}, Release{"v1.0.0-rc1", 1}, -1},
		{Release{"v9999999999.0", 1}, Release{"v1.0", 2}, -1}, // no such number: by the time
	} {
		if got := Compare(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func FuzzVersions(f *testing.F) {
	f.Add("v1.2.3-rc1-4-gabc", "v1.2")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := Release{Version: a}, Release{Version: b}
		if Compare(x, y) != -Compare(y, x) || Compare(x, x) != 0 {
			t.Errorf("%q and %q", a, b)
		}
	})
}
