// Package g722 is ITU-T G.722 at 64 kbit/s: sound of 7 kHz at 16 kHz, split by quadrature
// mirror filters into two bands at 8 kHz, each coded by adaptive differential PCM, 6 bits
// of the lower one and 2 of the higher. It is exact to the bit, pure and allocates nothing.
// It refuses to know packets, and to stand in for what is lost.
package g722

// An Encoder turns sound into codes. The zero value is not ready: see NewEncoder. It
// belongs to one goroutine.
//
//	16 kHz ──▶ QMF ─┬─ 8 kHz, 0–4 kHz ──▶ ADPCM ── 6 bits ─┐
//	                └─ 8 kHz, 4–8 kHz ──▶ ADPCM ── 2 bits ─┴─▶ octet  hhllllll
type Encoder struct {
	split     analysis
	low, high band
}

// NewEncoder makes one in the state that the recommendation begins with (§3.6).
func NewEncoder() *Encoder { return &Encoder{low: newLow(), high: newHigh()} }

// Reset makes it as new.
func (e *Encoder) Reset() { *e = *NewEncoder() }

// Encode writes one octet for each two samples of mono S16 at 16 kHz, and returns how many.
// codes must hold len(pcm)/2; an odd sample at the end is left out.
func (e *Encoder) Encode(codes []byte, pcm []int16) int {
	n := len(pcm) / 2
	for i := range codes[:n] {
		l, h := e.split.take(int(pcm[2*i]), int(pcm[2*i+1]))
		codes[i] = e.high.codeHigh(h)<<6 | e.low.codeLow(l)
	}
	return n
}

// A Decoder turns codes into sound: see NewDecoder. It belongs to one goroutine.
type Decoder struct {
	join      synthesis
	low, high band
}

// NewDecoder makes one in the state that the recommendation begins with.
func NewDecoder() *Decoder { return &Decoder{low: newLow(), high: newHigh()} }

// Reset makes it as new.
func (d *Decoder) Reset() { *d = *NewDecoder() }

// Decode writes two samples of mono S16 at 16 kHz for each octet, and returns how many.
// pcm must hold 2×len(codes). Every octet is a code.
func (d *Decoder) Decode(pcm []int16, codes []byte) int {
	for i, c := range codes {
		one, other := d.join.make(d.low.decodeLow(int(c&0x3F)), d.high.decodeHigh(int(c>>6)))
		pcm[2*i], pcm[2*i+1] = one, other
	}
	return 2 * len(codes)
}
