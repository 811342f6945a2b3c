package codec

// #cgo pkg-config: opus
// #include <opus.h>
//
// struct job {
//	void *state;
//	const void *in;
//	void *out;
//	opus_int32 size, samples, fec, result;
// };
//
// static void encode(void *p) {
//	struct job *j = p;
//	j->result = opus_encode(j->state, j->in, j->samples, j->out, j->size);
// }
//
// static void decode(void *p) {
//	struct job *j = p;
//	j->result = opus_decode(j->state, j->in, j->size, j->out, j->samples, j->fec);
// }
//
// static void *encode_job(void) { return encode; }
// static void *decode_job(void) { return decode; }
import "C"

import (
	"errors"
	"reflect"
	"unsafe"

	"github.com/offhook/offhook/media/direct"
)

var (
	encodeJob = C.encode_job()
	decodeJob = C.decode_job()
)

// opusDirect calls libopus without waking the runtime's monitor thread (media/direct): each
// packet would, twice. What the library made it owns and sets; only where its state is has to
// be known here.
type opusDirect struct {
	stack *direct.Stack
	state unsafe.Pointer
	job   C.struct_job
}

func newOpusDirect(of any) (*opusDirect, error) {
	stack, err := direct.NewStack()
	if err != nil {
		return nil, err
	}
	d := &opusDirect{stack: stack}
	return d, d.of(of)
}

// of takes another opus.Encoder or opus.Decoder: "all related memory is managed by the Go GC",
// and libopus' state is what it begins with.
func (d *opusDirect) of(library any) error {
	memory := reflect.ValueOf(library).Elem().FieldByName("mem")
	if memory.Kind() != reflect.Slice || memory.Len() == 0 {
		return errors.New("this version of the library keeps its state elsewhere")
	}
	d.state = memory.UnsafePointer()
	return nil
}

// encode returns the length of the payload, or one of libopus' errors, below zero.
func (d *opusDirect) encode(pcm []int16, payload []byte) int {
	d.job = C.struct_job{state: d.state, in: unsafe.Pointer(&pcm[0]), out: unsafe.Pointer(&payload[0]), samples: C.int(len(pcm)), size: C.int(len(payload))}
	return d.run(encodeJob)
}

// decode returns how many samples it made, or one of libopus' errors, below zero. Without a
// payload it conceals; with fec it takes the copy of the packet before.
func (d *opusDirect) decode(payload []byte, pcm []int16, fec bool) int {
	d.job = C.struct_job{state: d.state, in: unsafe.Pointer(unsafe.SliceData(payload)), out: unsafe.Pointer(&pcm[0]), samples: C.int(len(pcm)), size: C.int(len(payload))}
	if fec {
		d.job.fec = 1
	}
	return d.run(decodeJob)
}

func (d *opusDirect) run(fn unsafe.Pointer) int {
	d.stack.Call(fn, unsafe.Pointer(&d.job))
	result := int(d.job.result)
	d.job = C.struct_job{} // keeps nobody's memory
	return result
}
