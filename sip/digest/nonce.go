package digest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// A nonce on the wire is base64 of
//
//	 0        8        16                 32
//	+--------+--------+------------------+
//	| time   | random | keyed hash       |
//	+--------+--------+------------------+
//
// time in Unix nanoseconds, big-endian; the hash is HMAC-SHA-256 over time, random and
// the source, cut to 16 octets. So a server recognises its own nonces without keeping
// them (RFC 7616 §5.4).
const nonceSize = 32

func issue(secret []byte, now time.Time, source string) string {
	var b [nonceSize]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixNano()))
	rand.Read(b[8:16])
	copy(b[16:], seal(secret, b[:16], source))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// read gives the time of issue of a nonce of ours for this source.
func read(secret []byte, nonce, source string) (issued time.Time, genuine bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(b) != nonceSize || !hmac.Equal(b[16:], seal(secret, b[:16], source)) {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(b))), true
}

func seal(secret, stamp []byte, source string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(stamp)
	h.Write([]byte(source))
	return h.Sum(nil)[:nonceSize/2]
}

type use uint8

const (
	first     use = iota // not seen before
	used                 // this count was seen
	forgotten            // the nonce is older than what is remembered
)

// replays remembers which counts of which nonces were used. A nonce that had to be
// forgotten to make room is never believed again, nor is any issued before it.
type replays struct {
	limit int
	seen  map[string]*window
	order []string  // of seen, as they were first noted
	floor time.Time // nonces issued up to here and not in seen are forgotten
}

// window is the highest count and which of the 64 up to it were seen, bit 0 the highest.
// Requests of one phone may overtake each other, so counts need not rise.
type window struct {
	issued time.Time
	top    uint32
	bits   uint64
}

func newReplays(limit int) replays {
	return replays{limit: limit, seen: make(map[string]*window)}
}

// note counts one use. Nonces issued before expired make room first.
func (r *replays) note(nonce string, issued time.Time, nc uint32, expired time.Time) use {
	w := r.seen[nonce]
	if w == nil {
		if !issued.After(r.floor) {
			return forgotten
		}
		if len(r.seen) >= r.limit {
			r.makeRoom(expired)
		}
		r.seen[nonce] = &window{issued, nc, 1}
		r.order = append(r.order, nonce)
		return first
	}
	switch {
	case nc > w.top:
		w.bits = w.bits<<min(nc-w.top, 64) | 1
		w.top = nc
	case w.top-nc >= 64 || w.bits>>(w.top-nc)&1 == 1:
		return used
	default:
		w.bits |= 1 << (w.top - nc)
	}
	return first
}

// makeRoom forgets what has expired, and one nonce in any case. The one that was noted
// first goes first: issued first too, but for a moment, and found without a search.
func (r *replays) makeRoom(expired time.Time) {
	for forced := true; len(r.order) > 0; forced = false {
		old := r.seen[r.order[0]]
		if !forced && !old.issued.Before(expired) {
			return
		}
		if !old.issued.Before(expired) && old.issued.After(r.floor) {
			r.floor = old.issued
		}
		delete(r.seen, r.order[0])
		r.order = r.order[1:]
	}
}
