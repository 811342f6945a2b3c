package g722

// A band codes the difference between its signal and a prediction, with a step that
// follows the size of the differences. All numbers are fractions in whole numbers, with
// the shifts and limits that §6 prescribes.
type band struct {
	step    int // quantizer scale factor
	log     int // the same as a logarithm
	predict int // the next sample, foretold

	zeros int    // the part of predict that comes from the differences
	d     [7]int // quantized differences, newest first: d[0] is now
	b     [7]int // their weights; b[0] is not used
	p     [3]int // partly reconstructed signal, newest first
	r     [3]int // reconstructed signal
	a     [3]int // its weights; a[0] is not used
}

func newLow() band  { return band{step: 32} }
func newHigh() band { return band{step: 8} }

// quantizeLow is the code of 6 bits for a sample of the lower band (blocks 1 and 2L).
func (b *band) quantizeLow(x int) byte {
	e, negative := magnitude(x - b.predict)
	i := 1
	for i < 30 && e >= lowDecisions[i]*b.step>>12 {
		i++
	}
	if negative {
		return lowNegative[i]
	}
	return lowPositive[i]
}

// quantizeHigh is the code of 2 bits for a sample of the higher band.
func (b *band) quantizeHigh(x int) byte {
	e, negative := magnitude(x - b.predict)
	code := byte(3)
	if e >= 564*b.step>>12 {
		code = 2
	}
	if negative {
		code -= 2
	}
	return code
}

// magnitude is the size of a difference as the quantizers compare it.
func magnitude(e int) (size int, negative bool) {
	if e = saturate(e); e < 0 {
		return -(e + 1), true
	}
	return e, false
}

func (b *band) codeLow(x int) byte {
	code := b.quantizeLow(x)
	b.adaptLow(int(code))
	return code
}

func (b *band) codeHigh(x int) byte {
	code := b.quantizeHigh(x)
	b.adaptHigh(int(code))
	return code
}

// decodeLow is the sample that a code stands for. The predictor follows its first four
// bits alone, so that both ends agree where the other two carry data (§2.3).
func (b *band) decodeLow(code int) int {
	x := limit(b.predict + b.step*low6[code]>>15)
	b.adaptLow(code)
	return x
}

func (b *band) decodeHigh(code int) int {
	x := limit(b.predict + b.step*high2[code]>>15)
	b.adaptHigh(code)
	return x
}

func (b *band) adaptLow(code int) {
	difference := b.step * low4[code>>2] >> 15
	b.log = min(max(b.log*127>>7+lowGrowth[code>>2], 0), 18432)
	b.step = scale(b.log, 8)
	b.adapt(difference)
}

func (b *band) adaptHigh(code int) {
	difference := b.step * high2[code] >> 15
	b.log = min(max(b.log*127>>7+highGrowth[code], 0), 22528)
	b.step = scale(b.log, 10)
	b.adapt(difference)
}

// scale is a step from its logarithm (SCALEL, SCALEH).
func scale(log, whole int) int {
	m := mantissa[log>>6&31]
	shift := whole - log>>11
	if shift < 0 {
		return m << -shift << 2
	}
	return m >> shift << 2
}

// adapt takes a difference into the predictor (block 4): two poles, six zeros, weights
// that lean after the signs of what was foretold, and leak.
func (b *band) adapt(difference int) {
	b.d[0] = difference
	b.r[0] = saturate(b.predict + difference)
	b.p[0] = saturate(b.zeros + difference)

	b.poles()
	lean := 128
	if difference == 0 {
		lean = 0
	}
	for i := 6; i > 0; i-- {
		w := b.b[i] * 32640 >> 15
		if (b.d[i] < 0) == (difference < 0) {
			w += lean
		} else {
			w -= lean
		}
		b.b[i] = saturate(w)
	}
	copy(b.d[1:], b.d[:6])
	copy(b.r[1:], b.r[:2])
	copy(b.p[1:], b.p[:2])

	fromPoles := saturate(b.a[1]*saturate(2*b.r[1])>>15 + b.a[2]*saturate(2*b.r[2])>>15)
	b.zeros = 0
	for i := 6; i > 0; i-- {
		b.zeros += b.b[i] * saturate(2*b.d[i]) >> 15
	}
	b.zeros = saturate(b.zeros)
	b.predict = saturate(fromPoles + b.zeros)
}

// poles adapts a[2] and then a[1] within what keeps the filter stable (UPPOL2, UPPOL1).
func (b *band) poles() {
	one, two := (b.p[0] < 0) == (b.p[1] < 0), (b.p[0] < 0) == (b.p[2] < 0)
	w := saturate(4 * b.a[1])
	if one {
		w = min(-w, 32767)
	}
	second := w>>7 + b.a[2]*32512>>15
	if two {
		second += 128
	} else {
		second -= 128
	}
	second = min(max(second, -12288), 12288)

	first := b.a[1] * 32640 >> 15
	if one {
		first += 192
	} else {
		first -= 192
	}
	most := saturate(15360 - second)
	b.a[1], b.a[2] = min(max(saturate(first), -most), most), second
}
