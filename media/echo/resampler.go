package echo

// #include <speex/speex_resampler.h>
import "C"

import (
	"fmt"
	"unsafe"
)

// quality of the resampling: 1.5 ms between 48 and 16 kHz, up to 6800 Hz. See decision 16.
const quality = 3

// A resampler is libspeexdsp's. Equal rates copy.
type resampler struct {
	state     *C.SpeexResamplerState // nil: equal rates, or closed
	in, out   int                    // Hz
	took, got C.spx_uint32_t         // of a call: here, so that it allocates nothing
}

func newResampler(in, out int) (*resampler, error) {
	r := &resampler{in: in, out: out}
	if in == out {
		return r, nil
	}
	var code C.int
	r.state = C.speex_resampler_init(1, C.spx_uint32_t(in), C.spx_uint32_t(out), quality, &code)
	if r.state == nil {
		return nil, fmt.Errorf("echo: %d Hz to %d Hz: speexdsp's error %d", in, out, code)
	}
	return r, nil
}

// most is how many samples process makes of n, or one more.
func (r *resampler) most(n int) int { return n*r.out/r.in + 1 }

// process converts all of src into the start of dst, which has room for most(len(src)), and
// returns how many samples it made.
func (r *resampler) process(dst, src []int16) int {
	if r.in == r.out {
		return copy(dst, src)
	}
	if r.state == nil || len(src) == 0 || len(dst) == 0 {
		return 0
	}
	r.took, r.got = C.spx_uint32_t(len(src)), C.spx_uint32_t(len(dst))
	C.speex_resampler_process_int(r.state, 0, (*C.spx_int16_t)(unsafe.Pointer(&src[0])), &r.took,
		(*C.spx_int16_t)(unsafe.Pointer(&dst[0])), &r.got)
	return int(r.got)
}

func (r *resampler) forget() {
	if r.state != nil {
		C.speex_resampler_reset_mem(r.state)
	}
}

func (r *resampler) close() {
	if r.state != nil {
		C.speex_resampler_destroy(r.state)
		r.state = nil
	}
}
