package sdp

import (
	"encoding/base64"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/offhook/offhook/media/agreement"
)

// keyed is one a=crypto line (RFC 4568 §9.1):
//
//	tag suite inline:base64(key and salt)[|lifetime][|MKI:length] [session parameters]
type keyed struct {
	tag   string // as it stood: an answer repeats it
	suite agreement.Suite
	key   agreement.Key
	mki   agreement.MKI
}

// leastLife is how many packets a key must last, as a power of two: five hours of 20 ms.
// No key is ever changed in the midst of a call for its age alone.
const leastLife = 20

// crypto reads the value of a=crypto; false: what it asks for is not spoken here, and the
// line is as if it were not there (RFC 4568 §5.1.2).
func crypto(v string) (keyed, bool) {
	f := strings.Fields(v)
	if len(f) < 3 || len(f[0]) > 9 {
		return keyed{}, false
	}
	if _, err := strconv.ParseUint(f[0], 10, 32); err != nil {
		return keyed{}, false
	}
	k := keyed{tag: f[0], suite: agreement.SuiteNamed(f[1])}
	if k.suite == agreement.NoSuite {
		return keyed{}, false
	}
	for _, p := range f[3:] {
		// RFC 4568 §6.3: who does not know a parameter must not use the line, unless it is
		// marked as one that may be ignored (§6.3.7). UNENCRYPTED_* and UNAUTHENTICATED_SRTP
		// are known, and not wanted. The window of WSH concerns its sender alone.
		if !strings.HasPrefix(p, "-") && !strings.HasPrefix(strings.ToUpper(p), "WSH=") && strings.ToUpper(p) != "KDR=0" {
			return keyed{}, false
		}
	}
	return k, k.inline(f[2])
}

// inline reads one key parameter. Several keys (";") are for who changes them by MKI.
func (k *keyed) inline(v string) bool {
	method, v, _ := strings.Cut(v, ":")
	if !strings.EqualFold(method, "inline") || strings.Contains(v, ";") {
		return false
	}
	f := strings.Split(v, "|")
	if len(f) > 3 {
		return false
	}
	raw, err := base64.StdEncoding.DecodeString(f[0])
	if err != nil { // some leave the padding out
		raw, err = base64.RawStdEncoding.DecodeString(f[0])
	}
	key, salt := k.suite.Len()
	if err != nil || len(raw) != key+salt {
		return false
	}
	copy(k.key[:], raw)
	for i, p := range f[1:] {
		value, length, mki := strings.Cut(p, ":")
		switch {
		case mki && i == len(f)-2:
			n, err := strconv.ParseUint(length, 10, 8)
			id, bad := strconv.ParseUint(value, 10, 32)
			if err != nil || bad != nil || n < 1 || n > 4 || bits.Len64(id) > int(8*n) {
				return false
			}
			k.mki = agreement.MKI{Value: uint32(id), Len: uint8(n)}
		case mki || i > 0 || !lasts(p):
			return false
		}
	}
	return true
}

// lasts reads a lifetime in packets: a number, or 2^n.
func lasts(v string) bool {
	if n, ok := strings.CutPrefix(v, "2^"); ok {
		e, err := strconv.ParseUint(n, 10, 8)
		return err == nil && e >= leastLife && e <= 48 // RFC 3711 §9.2
	}
	n, err := strconv.ParseUint(v, 10, 64)
	return err == nil && n >= 1<<leastLife && n <= 1<<48
}

// String is the value of the line.
func (k keyed) String() string {
	key, salt := k.suite.Len()
	return fmt.Sprintf("%s %s inline:%s", k.tag, k.suite, base64.StdEncoding.EncodeToString(k.key[:key+salt]))
}
