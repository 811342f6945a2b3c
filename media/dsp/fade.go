package dsp

// FadeIn raises pcm from silence over its whole length.
func FadeIn(pcm []int16) {
	n := float32(len(pcm))
	for i, s := range pcm {
		pcm[i] = saturate(float32(s) * (float32(i) + 0.5) / n)
	}
}

// FadeOut lowers pcm to silence over its whole length.
func FadeOut(pcm []int16) {
	n := float32(len(pcm))
	for i, s := range pcm {
		pcm[i] = saturate(float32(s) * (n - float32(i) - 0.5) / n)
	}
}

// CrossFade writes to dst the sound from, fading out, mixed with to, fading in. All
// three have the same length; dst may be either of the others.
func CrossFade(dst, from, to []int16) {
	n := float32(len(dst))
	from, to = from[:len(dst)], to[:len(dst)]
	for i := range dst {
		w := (float32(i) + 0.5) / n
		dst[i] = saturate(float32(from[i])*(1-w) + float32(to[i])*w)
	}
}
