package media

import "github.com/offhook/offhook/media/tone"

// A finding looks for DTMF digits in what is decoded of a leg, before it is stretched. It
// looks only where the far end has no better way to send them: where events were agreed,
// their tones may be in the voice as well, and each would count twice.
type finding struct {
	detector *tone.Detector // nil: nothing is looked for
	frame    int            // samples that it takes at a time
	digits   [4]byte        // found, and not taken
	n        int
}

// seek begins to look, or stops.
func (f *finding) seek(on bool, rate int) {
	switch {
	case !on:
		*f = finding{}
	case f.detector == nil:
		*f = finding{detector: tone.NewDetector(rate), frame: samples(rate, packetTime)}
	}
}

// write looks through what was decoded.
func (f *finding) write(pcm []int16) {
	if f.detector == nil {
		return
	}
	for len(pcm) > 0 {
		n := min(len(pcm), f.frame)
		if d := f.detector.Write(pcm[:n]); d != 0 && f.n < len(f.digits) {
			f.digits[f.n] = byte(d)
			f.n++
		}
		pcm = pcm[n:]
	}
}

// take returns what was found since the last take. It is valid until the next write.
func (f *finding) take() []byte {
	found := f.digits[:f.n]
	f.n = 0
	return found
}
