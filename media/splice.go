package media

// A splice joins the sound of two microphones: what came last dies away under what begins.
type splice struct {
	last, rest int32
}

// cut says that what comes next is another microphone's.
func (s *splice) cut() { s.rest = s.last }

// join takes what a microphone heard.
func (s *splice) join(pcm []int16) {
	for i := 0; s.rest != 0 && i < len(pcm); i++ {
		s.rest -= s.rest/32 + min(max(s.rest, -1), 1)
		pcm[i] = int16(min(max(int32(pcm[i])+s.rest, -1<<15), 1<<15-1))
	}
	if n := len(pcm); n > 0 {
		s.last = int32(pcm[n-1])
	}
}
