package registration

import "time"

// The times of RFC 5626 §4.5, and our own in place of its first and longest ones: a desk
// phone whose PBX was restarted is missed within seconds, and a quarter of an hour later
// its user has long walked to another one.
const (
	baseAllFailed = 30 * time.Second // RFC 5626 §4.5: no flow of the account is left
	baseOneUp     = 90 * time.Second // RFC 5626 §4.5: another flow works
	topOneUp      = 30 * time.Minute // RFC 5626 §4.5: max-time
	topAllFailed  = 5 * time.Minute  // ours; max-time "MAY be configurable"
)

// quick are the first waits when everything has failed, ours: three in a row cost a
// server less than one phone that is switched on. What follows is RFC 5626's.
var quick = [...]time.Duration{4 * time.Second, 8 * time.Second, 16 * time.Second}

// backOff is the upper bound of the wait after this many failures in a row, the one in
// hand not counted; half of it is left to chance.
//
//	others  failures 0    1     2     3     4     5    6    7...
//	no               4s   8s   16s   60s   2m    4m   5m   5m
//	yes             90s   3m    6m   12m  24m   30m  30m  30m
func backOff(failures int, others bool) time.Duration {
	base, top := baseOneUp, topOneUp
	if !others {
		if failures < len(quick) {
			return quick[failures]
		}
		base, top = baseAllFailed, topAllFailed
		failures -= len(quick) - 1
	}
	if failures > 16 {
		return top
	}
	return min(base<<failures, top)
}
