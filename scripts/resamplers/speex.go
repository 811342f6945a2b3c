package main

// #cgo pkg-config: speexdsp
// #cgo CFLAGS: -O2 -Wall
// #include <speex/speex_resampler.h>
import "C"

import (
	"fmt"
	"unsafe"
)

// speex is libspeexdsp's resampler.
type speex struct {
	state   *C.SpeexResamplerState
	in, out int
}

// newSpeex makes one of a quality from 0 to 10. Close it.
func newSpeex(in, out, quality int) (*speex, error) {
	var err C.int
	state := C.speex_resampler_init(1, C.spx_uint32_t(in), C.spx_uint32_t(out), C.int(quality), &err)
	if state == nil {
		return nil, fmt.Errorf("resamplers: libspeexdsp, %d Hz to %d Hz, quality %d: error %d", in, out, quality, err)
	}
	return &speex{state, in, out}, nil
}

// Process converts all of src into the start of dst.
func (s *speex) Process(dst, src []int16) int {
	in, out := C.spx_uint32_t(len(src)), C.spx_uint32_t(len(dst))
	C.speex_resampler_process_int(s.state, 0, (*C.spx_int16_t)(unsafe.Pointer(&src[0])), &in,
		(*C.spx_int16_t)(unsafe.Pointer(&dst[0])), &out)
	return int(out)
}

func (s *speex) Close() { C.speex_resampler_destroy(s.state) }
