package media

import "github.com/offhook/offhook/media/bitrate"

// spend lets the encoder follow what the far end misses of us, a share from 0 to 1. Until
// it has reported, what we miss of it stands in: ways are mostly alike in both directions.
func (l *leg) spend(lost float64) {
	s := l.out
	var o bitrate.Order
	s.spending, o = s.spending.Step(bitrate.Report{Lost: lost, RoundTrip: l.reporter.Far.RTT})
	s.enc.Spend(o.Bitrate)
	s.enc.ExpectLoss(o.Loss)
}
