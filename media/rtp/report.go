package rtp

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/pion/rtcp"

	"github.com/offhook/offhook/media/agreement"
)

// Intervals of RTCP (RFC 3550 §6.2, §6.3.1). With two members the bandwidth share never
// binds, so the minimum rules.
const (
	interval     = 5 * time.Second
	compensation = 1.21828         // e - 3/2: for the drift of reconsideration
	maxReport    = 1500            // bytes of an RTCP datagram that is read
	reportsASec  = 4               // RTCP datagrams read in a second: the rest is a flood
	second       = uint64(1) << 16 // in NTP short format
)

// ErrReport is an RTCP datagram that is not a compound packet of RFC 3550.
var ErrReport = errors.New("rtp: not an RTCP packet")

// NTP is the 64-bit timestamp of RFC 3550 §4.
func NTP(t time.Time) uint64 {
	const epoch = 2208988800 // 1900 to 1970 in seconds
	return uint64(t.Unix()+epoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// A Reporter writes and reads the RTCP of one leg. Times are of one monotonic clock;
// wall is the wall clock's reading at that clock's zero, so that setting the wall clock
// in the midst of a call disturbs nothing. It belongs to one goroutine.
type Reporter struct {
	CNAME string
	SSRC  uint32
	Wall  time.Time

	next  time.Duration
	began bool

	counted [2]uint32 // packets of ours by the last report, and by the one before

	from   uint32 // SSRC of the far end's last sender report
	middle uint32 // middle 32 bits of its NTP timestamp
	fromAt time.Duration
	heard  bool

	budget   int
	budgetAt time.Duration

	Far Far
}

// Far is what the far end reported. The zero value: nothing yet.
type Far struct {
	Known      bool
	RTT        time.Duration // 0: not known
	Lost       float64       // share of our packets that it missed lately, 0 to 1
	LostInAll  int
	Jitter     uint32 // in units of the RTP clock
	Bye        bool   // it said goodbye
	Reports    int
	LastReport time.Duration
	Sent       uint32 // packets that it has sent, by its last sender report
	// Idle: by its last report it had sent nothing since the one before, so that there is
	// nothing to be heard.
	Idle    bool
	Metrics agreement.View // its VoIP metrics (RFC 3611 §4.7), if it sends any
}

// lately is how long a report counts: three intervals at their longest.
const lately = 3 * interval

// IdleAt reports whether the far end is silent on purpose: it says so, and has said it lately.
func (f Far) IdleAt(now time.Duration) bool {
	return f.Idle && f.LastReport > 0 && now-f.LastReport < lately
}

// Begin starts the schedule: the first report comes after half an interval (§6.2).
func (r *Reporter) Begin(now time.Duration) {
	if !r.began {
		r.began = true
		r.next = now + spread(interval/2)
	}
}

// Due reports whether a report is due, and sets when the next one is.
func (r *Reporter) Due(now time.Duration) bool {
	if !r.began || now < r.next {
		return false
	}
	r.next = now + spread(interval)
	return true
}

// spread draws from 0.5 to 1.5 times d, and compensates (§6.3.1).
func spread(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.5 + rand.Float64()) / compensation)
}

// Write makes the compound packet of now: SR if packets were sent since the last report or
// the one before it, else RR (RFC 3550 §6.4), with a block where packets came since; SDES
// with the CNAME (§6.1, §6.5.1); VoIP metrics of view, nil: none; BYE last, when bye is set
// (§6.6).
func (r *Reporter) Write(now time.Duration, s *Sender, rx *Reception, view *agreement.View, bye bool) ([]byte, error) {
	var blocks []rtcp.ReceptionReport
	if rx.fresh() {
		fraction, lost, highest, jitter := rx.report()
		b := rtcp.ReceptionReport{
			SSRC: rx.ssrc, FractionLost: fraction, TotalLost: uint32(lost) & 0xffffff,
			LastSequenceNumber: highest, Jitter: jitter,
		}
		if r.heard && r.from == rx.ssrc {
			b.LastSenderReport = r.middle
			b.Delay = uint32(uint64(now-r.fromAt) * second / uint64(time.Second))
		}
		blocks = append(blocks, b)
	}
	sent := s.Packets != r.counted[1]
	r.counted[0], r.counted[1] = s.Packets, r.counted[0]
	var packets []rtcp.Packet
	if sent {
		packets = append(packets, &rtcp.SenderReport{
			SSRC: r.SSRC, NTPTime: NTP(r.Wall.Add(now)), RTPTime: s.Timestamp(now),
			PacketCount: s.Packets, OctetCount: s.Octets, Reports: blocks,
		})
	} else {
		packets = append(packets, &rtcp.ReceiverReport{SSRC: r.SSRC, Reports: blocks})
	}
	packets = append(packets, rtcp.NewCNAMESourceDescription(r.SSRC, r.CNAME))
	if view != nil && rx.Started() {
		x := metrics(rx.ssrc, *view)
		x.SenderSSRC = r.SSRC
		packets = append(packets, x)
	}
	if bye {
		packets = append(packets, &rtcp.Goodbye{Sources: []uint32{r.SSRC}})
	}
	return rtcp.Marshal(packets)
}

// Read takes a datagram that came at now. Floods are cut short without an error.
func (r *Reporter) Read(data []byte, now time.Duration) error {
	if now-r.budgetAt >= time.Second || r.budgetAt == 0 {
		r.budget, r.budgetAt = reportsASec, max(now, 1)
	}
	if r.budget == 0 {
		return nil
	}
	r.budget--
	if !plausible(data) {
		return ErrReport
	}
	for first := true; len(data) > 0; first = false {
		n := 4 * (1 + int(data[2])<<8 + int(data[3]))
		packets, err := rtcp.Unmarshal(data[:n])
		if err != nil && first {
			return ErrReport
		}
		data = data[n:]
		if err != nil { // of a kind or a content that is not known here: what follows still counts
			continue
		}
		for _, p := range packets {
			if err := r.take(p, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// take takes one packet of a compound.
func (r *Reporter) take(p rtcp.Packet, now time.Duration) error {
	switch p := p.(type) {
	case *rtcp.SenderReport:
		if p.SSRC == r.SSRC {
			return ErrReport
		}
		r.from, r.middle, r.fromAt, r.heard = p.SSRC, uint32(p.NTPTime>>16), now, true
		r.Far.LastReport = now
		r.Far.Idle = p.PacketCount == r.Far.Sent
		r.Far.Sent = p.PacketCount
		r.blocks(p.Reports, now)
	case *rtcp.ReceiverReport:
		r.Far.LastReport, r.Far.Idle = now, true
		r.blocks(p.Reports, now)
	case *rtcp.ExtendedReport:
		for _, b := range p.Reports {
			if v, ok := b.(*rtcp.VoIPMetricsReportBlock); ok && v.SSRC == r.SSRC {
				r.Far.Metrics = viewed(v)
			}
		}
	case *rtcp.Goodbye:
		r.Far.Bye = true
	}
	return nil
}

// plausible is the check of RFC 3550 A.2: a report first, the version in each, and lengths
// that add up.
func plausible(data []byte) bool {
	if len(data) < 8 || len(data) > maxReport || data[1] != 200 && data[1] != 201 {
		return false
	}
	for len(data) > 0 {
		if len(data) < 4 || data[0]>>6 != 2 {
			return false
		}
		n := 4 * (1 + int(data[2])<<8 + int(data[3]))
		if n > len(data) {
			return false
		}
		data = data[n:]
	}
	return true
}

// blocks takes what the far end says about our stream.
func (r *Reporter) blocks(reports []rtcp.ReceptionReport, now time.Duration) {
	for _, b := range reports {
		if b.SSRC != r.SSRC {
			continue
		}
		r.Far.Known = true
		r.Far.Reports++
		r.Far.Lost = float64(b.FractionLost) / 256
		r.Far.LostInAll = int(int32(b.TotalLost<<8) >> 8)
		r.Far.Jitter = b.Jitter
		if b.LastSenderReport == 0 {
			continue
		}
		// Round trip, §6.4.1: arrival - LSR - DLSR, in 1/65536 s.
		a := uint32(NTP(r.Wall.Add(now)) >> 16)
		rtt := int32(a - b.LastSenderReport - b.Delay)
		if rtt >= 0 && uint64(rtt) < 10*second {
			r.Far.RTT = time.Duration(uint64(rtt) * uint64(time.Second) / second)
		}
	}
}
