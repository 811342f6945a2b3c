package jitter

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever the network does: no packet is played twice or out of order, every one that
// should have come is played, lost or discarded, and the buffer stays bounded.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := New(Config{Clock: 8000, Packets: rapid.SampledFrom([]int{4, 16, 64}).Draw(t, "packets")})
		first := rapid.IntRange(0, 65535).Draw(t, "first")
		type flight struct {
			n  int
			at time.Duration
		}
		var sky []flight
		spread := rapid.IntRange(1, 400).Draw(t, "spread")
		for n := range rapid.IntRange(1, 120).Draw(t, "count") {
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 1, 1, 2}).Draw(t, "copies") {
				d := rapid.IntRange(0, spread).Draw(t, "delay")
				sky = append(sky, flight{n, time.Duration(20*n+d) * ms})
			}
		}
		last, ahead := -1, time.Duration(0)
		for now := time.Duration(0); now < 5*time.Second; now += 10 * ms {
			for _, f := range sky {
				if f.at > now-10*ms && f.at <= now {
					p := packet(f.n)
					p.Sequence = uint16(first + f.n)
					b.Put(p, f.at)
				}
			}
			if rapid.IntRange(0, 30).Draw(t, "sleep") == 0 {
				continue // the listener is late
			}
			for ahead < 10*ms {
				f := b.Take(now, ahead)
				if f.Span <= 0 || f.Span > 120*ms {
					t.Fatalf("span %v", f.Span)
				}
				ahead += f.Span
				if f.Verdict == Play {
					var n int
					fmt.Sscan(string(f.Packet.Payload), &n)
					if n <= last {
						t.Fatalf("packet %d after %d", n, last)
					}
					last = n
					if f.Stretch != Keep {
						d := time.Duration(rapid.IntRange(-10, 10).Draw(t, "stretch")) * ms
						ahead += max(d, -f.Span)
						b.Adjusted(d)
					}
				}
			}
			ahead -= 10 * ms
			if s := b.Stats(); s.Held > len(b.slots) || s.Delay < 0 || s.Target < 3*ms || s.Target > 400*ms {
				t.Fatalf("%+v", s)
			}
		}
		s := b.Stats()
		if s.Held != 0 {
			t.Fatalf("%d packets are never played: %+v", s.Held, s)
		}
		r, ok := b.Reception()
		if ok && s.Restarts == 0 && s.Played+s.Lost+s.Discarded < uint64(r.Expected) {
			t.Fatalf("%d expected: %+v", r.Expected, s)
		}
	})
}

func FuzzBuffer(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 0, 10, 7, 1, 2, 0, 0, 0, 160, 10, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := New(Config{Clock: 48000, Packets: 8, Bytes: 16, Repair: true})
		now := time.Duration(0)
		for ; len(data) >= 8; data = data[8:] {
			p := Packet{
				Sequence:  uint16(data[0])<<8 | uint16(data[1]),
				Timestamp: uint32(data[2])<<24 | uint32(data[3])<<16 | uint32(data[4])<<8 | uint32(data[5]),
				SSRC:      uint32(data[7] & 3), Payload: data[:data[7]>>2&7], Quiet: data[7]&32 != 0,
			}
			b.Put(p, now)
			for range data[6] & 3 {
				f := b.Take(now, 0)
				if f.Span <= 0 || (f.Stretch == Keep) != (f.Room == 0) || f.Room < 0 {
					t.Fatalf("%+v", f)
				}
				if f.Stretch != Keep && data[7]&64 != 0 {
					b.Adjusted(f.Room)
				} else if f.Stretch != Keep && data[7]&128 != 0 {
					b.Adjusted(-f.Room)
				}
				if f.Next {
					b.Recovered(data[7]&64 != 0)
				}
			}
			now += time.Duration(data[6]) * ms
		}
		for range 2000 {
			b.Take(now, 0)
			now += 20 * ms
		}
		if s := b.Stats(); s.Held != 0 {
			t.Fatalf("%+v", s)
		}
	})
}

func TestNothingAllocates(t *testing.T) {
	b := New(Config{Clock: 8000})
	p, n := packet(0), 0
	if a := testing.AllocsPerRun(1000, func() {
		p.Sequence, p.Timestamp = uint16(n), uint32(n)*160
		b.Put(p, time.Duration(n)*20*ms)
		b.Take(time.Duration(n)*20*ms, 0)
		b.Stats()
		b.Reception()
		n++
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
