package jitter

import "time"

// state of the playout.
type state uint8

const (
	empty   state = iota // no packet yet
	filling              // packets wait until the first is due
	playing
)

// first extended sequence numbers have room below them for packets out of order.
const firstCycle = 1 << 32

// A slot holds one packet at the place of its extended sequence number.
type slot struct {
	seq     uint64 // 0: never used
	full    bool   // not played yet
	ts      int64  // RTP timestamp, unwrapped and without jumps
	packet  Packet // Payload is in the slot's own memory
	payload []byte
}

// A Buffer is the playout buffer of one stream. It belongs to one goroutine. After
// New it allocates nothing.
type Buffer struct {
	cfg   Config
	state state
	slots []slot // by seq % len
	held  int    // full slots
	spare slot   // a suspect packet

	// The source.
	ssrc     uint32
	first    uint64 // extended sequence numbers of the first and the highest packet
	high     uint64
	received uint32
	ticks    int64 // packet time in RTP clock units
	ticksNew int64 // another packet time, seen once
	unwrap   timestamps

	// The playout: what is due next.
	seq    uint64
	ts     int64
	fresh  bool          // nothing was played since the source began
	debt   int64         // ticks concealed while dry, not yet put down to a lost packet
	jump   bool          // the next frame must be blended
	quiet  bool          // what was played last was the last for some time
	sounds time.Duration // transit with which packets sound, smoothed
	ahead  time.Duration // as Take was told last
	taken  time.Duration // the same, when it took a packet
	news   bool          // it has since Sooner was asked
	spared int           // packets since the delay was last moved up to the step
	delay  delay
	repair repair
	cameAt time.Duration // arrival and transit of the packet that came last
	cameIn time.Duration

	// RFC 3550 §A.8, in units of the RTP clock.
	transit, jitter float64
	heard           bool

	stats Stats
}

// New makes a buffer. It panics if c.Clock is not positive.
func New(c Config) *Buffer {
	c = c.complete()
	b := &Buffer{cfg: c, slots: make([]slot, c.Packets), delay: newDelay(c.Min, c.Max, c.Start)}
	memory := c.Memory
	if n := (c.Packets + 1) * c.Bytes; len(memory) < n {
		memory = make([]byte, n)
	}
	b.cfg.Memory = memory
	for i := range b.slots {
		b.slots[i].payload = memory[i*c.Bytes : (i+1)*c.Bytes]
	}
	b.spare.payload = memory[c.Packets*c.Bytes:]
	b.Reset()
	return b
}

// Memory is where the payloads are, for the next buffer once this one is over.
func (b *Buffer) Memory() []byte { return b.cfg.Memory }

// Reset forgets the stream, not the statistics nor how much the network's delay varies.
func (b *Buffer) Reset() {
	for i := range b.slots {
		b.slots[i].seq, b.slots[i].full = 0, false
	}
	b.state, b.held, b.debt, b.quiet = empty, 0, 0, false
	b.spare.full = false
	b.received, b.heard, b.jitter = 0, false, 0
	b.ticks, b.ticksNew = int64(b.cfg.PacketTime)*int64(b.cfg.Clock)/1e9, 0
	b.delay.rebase()
	b.repair = repair{able: b.cfg.Repair, sure: b.cfg.Bridge, worth: 1}
}

// Put takes a packet that came at the given time, read from any monotonic clock. The
// payload is copied.
func (b *Buffer) Put(p Packet, at time.Duration) Arrival {
	b.stats.Received++
	if len(p.Payload) > b.cfg.Bytes {
		b.stats.Discarded++
		return TooLong
	}
	if b.state == empty {
		b.begin(p, at)
		return b.keep(p, b.first, at)
	}
	seq, ok := b.extend(p)
	if !ok {
		return b.suspect(p, at)
	}
	b.spare.full = false
	return b.keep(p, seq, at)
}

// begin starts with the first packet of a source.
func (b *Buffer) begin(p Packet, at time.Duration) {
	b.state, b.fresh = filling, true
	b.ssrc = p.SSRC
	b.first = firstCycle + uint64(p.Sequence)
	b.high, b.seq = b.first, b.first
	b.unwrap.begin(p.Timestamp, b.first, at)
}

// keep puts a packet of the source into its slot.
func (b *Buffer) keep(p Packet, seq uint64, at time.Duration) Arrival {
	b.received++
	s := &b.slots[seq%uint64(len(b.slots))]
	if s.seq == seq {
		b.stats.Duplicates++
		return Duplicate
	}
	ts, jumped := b.unwrap.next(p.Timestamp, seq, at, b.ticks, b.cfg.Clock)
	if len(p.Payload) > 0 {
		if !jumped {
			b.hear(ts, at)
		} else {
			b.heard = false
		}
		// The packets behind a late one that come in a bunch say nothing new: a
		// single stall must not count as many late packets.
		transit := at - b.time(ts)
		bunched := at-b.cameAt < b.time(b.ticks)/4 && transit < b.cameIn
		b.delay.learn(transit, at, !bunched)
		b.cameAt, b.cameIn = at, transit
		b.measure(seq, ts)
	}
	if seq < b.seq {
		// Before anything was played, an earlier packet may still come first.
		if !b.fresh || b.high-seq >= uint64(len(b.slots)) {
			b.stats.Late++
			return Late
		}
		b.seq = seq
	}
	b.first = min(b.first, seq)
	b.high = max(b.high, seq)
	b.makeRoom(seq)
	if s.full { // left from before the gap that makeRoom stepped over
		b.drop(s)
	}
	s.seq, s.full, s.ts = seq, true, ts
	s.packet = p
	s.packet.Payload = s.payload[:copy(s.payload, p.Payload)]
	b.held++
	return Accepted
}

// makeRoom gives up packets that wait too long, so that seq has a slot.
func (b *Buffer) makeRoom(seq uint64) {
	n := uint64(len(b.slots))
	if seq < b.seq+n {
		return
	}
	from := b.seq
	b.seq = seq - n + 1
	for q := from; q < b.seq && q < from+n; q++ {
		if s := b.at(q); s != nil {
			b.drop(s)
		} else if b.slots[q%n].seq != q {
			b.stats.Lost++
		}
	}
	if b.seq > from+n {
		b.stats.Lost += b.seq - from - n
	}
	b.state, b.jump, b.debt = filling, b.jump || !b.fresh, 0
}

// at is the full slot of seq, or nil.
func (b *Buffer) at(seq uint64) *slot {
	if s := &b.slots[seq%uint64(len(b.slots))]; s.full && s.seq == seq {
		return s
	}
	return nil
}

func (b *Buffer) drop(s *slot) {
	s.full = false
	b.held--
	b.stats.Discarded++
}

// measure learns the packet time from two neighbours, when it shows twice.
func (b *Buffer) measure(seq uint64, ts int64) {
	before := &b.slots[(seq-1)%uint64(len(b.slots))]
	if before.seq != seq-1 || len(before.packet.Payload) == 0 {
		return
	}
	d := ts - before.ts
	if d == b.ticks || d < int64(b.cfg.Clock)/400 || d > int64(b.cfg.Clock)*120/1000 {
		b.ticksNew = 0
		return
	}
	if d == b.ticksNew {
		b.ticks = d
	}
	b.ticksNew = d
}

// PacketTime is how long the packets last, as the stream shows; until then as expected.
func (b *Buffer) PacketTime() time.Duration { return b.time(b.ticks) }

// time is ticks of the RTP clock as a duration.
func (b *Buffer) time(ticks int64) time.Duration {
	clock := int64(b.cfg.Clock)
	return time.Duration(ticks/clock*1e9 + ticks%clock*1e9/clock)
}
