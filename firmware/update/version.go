package update

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// A Release is which software something is.
type Release struct {
	Version string // as git describes it: "v1.2.3", "v1.3.0-rc1-4-g1a2b3c4", "unversioned"
	Built   int64  // time of its last change, in seconds since 1970
}

// Compare orders releases: -1 where a is lower than b, 0 where they are the same.
//
// By the numbers of the version first, by the pre-release next (v1.3.0-rc1 is lower than
// v1.3.0, as in Semantic Versioning section 11), by the changes since that tag next, and by
// the time of the last change last of all. Where one of them has no numbers, a build that no
// tag leads to, the time alone decides.
func Compare(a, b Release) int {
	x, okX := parse(a.Version)
	y, okY := parse(b.Version)
	if okX && okY {
		if c := x.compare(y); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Built, b.Built)
}

type version struct {
	number  [3]int
	pre     string // "rc1"; "": none
	changes int    // since the tag
}

var (
	tagged = regexp.MustCompile(`^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.]+))??(?:-(\d{1,9})-g[0-9a-f]+)?(?:-dirty)?$`)
	parts  = regexp.MustCompile(`\d+|[^\d.]+`)
)

func parse(s string) (version, bool) {
	m := tagged.FindStringSubmatch(s)
	if m == nil {
		return version{}, false
	}
	var v version
	for i := range v.number {
		v.number[i], _ = strconv.Atoi(m[1+i])
	}
	v.pre = m[4]
	v.changes, _ = strconv.Atoi(m[5])
	return v, true
}

func (v version) compare(w version) int {
	for i := range v.number {
		if c := cmp.Compare(v.number[i], w.number[i]); c != 0 {
			return c
		}
	}
	switch {
	case v.pre == w.pre:
		return cmp.Compare(v.changes, w.changes)
	case v.pre == "":
		return 1
	case w.pre == "":
		return -1
	}
	x, y := parts.FindAllString(v.pre, -1), parts.FindAllString(w.pre, -1)
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		c := strings.Compare(x[i], y[i])
		if errM == nil && errN == nil {
			c = cmp.Compare(m, n)
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
