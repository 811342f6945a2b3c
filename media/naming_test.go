package media

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"
	"time"
)

// RFC 7022 §4.2: a CNAME of 96 random bits for each leg, which says nothing of the phone and
// ties no call to another.
func TestCNAMESayNothing(t *testing.T) {
	host, _ := os.Hostname()
	seen := map[string]bool{}
	for range 200 {
		name := cname()
		raw, err := base64.StdEncoding.DecodeString(name)
		if err != nil || len(raw) != 12 || seen[name] || len(host) > 5 && strings.Contains(name, host) {
			t.Fatalf("%q: %v", name, err)
		}
		seen[name] = true
	}
	e := headless(t, Config{})
	_, one := reserve(t, e)
	_, two := reserve(t, e)
	if one.CNAME == two.CNAME || one.SSRC == two.SSRC {
		t.Errorf("two legs by one name: %+v %+v", one, two)
	}
}

// What cannot be is refused before anything is bound.
func TestConfigRefusesMarks(t *testing.T) {
	for _, c := range []Config{{DSCP: 64}, {Silence: -time.Second}} {
		if _, err := c.complete(); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	for _, c := range []Config{{DSCP: 63}, {DSCP: -1}, {Silence: time.Minute}, {}} {
		if _, err := c.complete(); err != nil {
			t.Error(err)
		}
	}
}
