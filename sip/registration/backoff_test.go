package registration

import (
	"math"
	"testing"
	"time"
)

// RFC 5626 §4.5: base times, doubling, a limit, half of it left to chance; Retry-After is
// obeyed up to an hour.
func TestBackOff(t *testing.T) {
	for _, c := range []struct {
		others bool
		tops   []time.Duration
	}{
		{false, []time.Duration{4, 8, 16, 60, 120, 240, 300, 300, 300}},
		{true, []time.Duration{90, 180, 360, 720, 1440, 1800, 1800, 1800}},
	} {
		s, _ := New(time.Hour, 3).Step(Start{})
		s.others = c.others
		for i, top := range c.tops {
			var effects []Effect
			s, effects = s.Step(Lost{s.Attempt, 408})
			if w := wait(effects); w < top*time.Second/2 || w > top*time.Second {
				t.Errorf("others %v, wait %d: %v, want up to %v s", c.others, i, w, int(top))
			}
			s, _ = s.Step(Expired{s.Timer})
		}
	}
	if backOff(math.MaxInt, false) != topAllFailed || backOff(math.MaxInt, true) != topOneUp {
		t.Error("no limit")
	}
}

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct{ asked, want time.Duration }{
		{20 * time.Minute, 20 * time.Minute}, {99 * time.Hour, maxRetry},
	} {
		for _, code := range []int{503, 500, 480, 408, 600} {
			s, _ := New(time.Hour, 3).Step(Start{})
			s, effects := s.Step(Reply{Attempt: s.Attempt, Code: code, RetryAfter: c.asked})
			if w := wait(effects); w != c.want {
				t.Errorf("%d, Retry-After %v: %v", code, c.asked, w)
			}
			if next, effects := s.Step(Renew{}); next.Phase != Resting || len(effects) > 0 {
				t.Errorf("%d: a change of our network does not wait for Retry-After", code)
			}
		}
	}
}

// Only a binding that has lasted makes failures forgotten: a server that takes each
// registration and drops the connection behind it is asked ever more seldom.
func TestNoFlowStorm(t *testing.T) {
	s, _ := New(time.Hour, 5).Step(Start{})
	var waited time.Duration
	for i := range 12 {
		var effects []Effect
		s, _ = s.Step(Reply{Attempt: s.Attempt, Code: 200, Granted: time.Hour})
		if s, effects = s.Step(Dropped{}); s.Phase != Resting {
			t.Fatalf("round %d: %v", i, s.Phase)
		}
		waited += wait(effects)
		s, _ = s.Step(Expired{s.Timer})
	}
	if waited < 15*time.Minute {
		t.Errorf("12 attempts in %v", waited)
	}
	s, _ = s.Step(Reply{Attempt: s.Attempt, Code: 200, Granted: time.Hour})
	s, _ = s.Step(Kept{}) // RFC 5626 §4.5: a keepalive was answered
	if s, _ = s.Step(Dropped{}); s.Phase != Trying || s.Failures != 0 {
		t.Errorf("a flow that worked is lost: %v after %d failures", s.Phase, s.Failures)
	}
}

// 500 phones lose their registrar in the same second. After the three quick tries of
// each, what it gets is spread: nobody keeps it down.
func TestNoStormOfPhones(t *testing.T) {
	const phones, hour = 500, time.Hour
	perSecond := make([]int, hour/time.Second)
	for i := range uint64(phones) {
		s, _ := New(hour, i*0x9e3779b97f4a7c15).Step(Start{})
		for now := time.Duration(0); ; {
			perSecond[now/time.Second]++
			var effects []Effect
			s, effects = s.Step(Lost{s.Attempt, 503}) // refused at once: the worst case
			if now += wait(effects); now >= hour {
				break
			}
			s, _ = s.Step(Expired{s.Timer})
		}
	}
	all := 0
	for second, n := range perSecond[1:] {
		all += n
		if n > phones*3/5 || second > 30 && n > phones/20 {
			t.Errorf("second %d: %d REGISTERs of %d phones", second+1, n, phones)
		}
	}
	if mean := all / phones; mean > 25 {
		t.Errorf("%d REGISTERs a phone in an hour", mean)
	}
}
