package main

import (
	"math/rand/v2"
	"time"
)

// A talker says where speech lets itself be stretched. It is a model: a man or a woman
// speaks in sentences of some two seconds with pauses between, in which syllables of voice alternate
// with consonants. A pause may be cut anywhere, a steady vowel by whole pitch periods, all
// else only by force.
type talker struct{ frames [3000]frame }

// A frame is 20 ms of speech.
type frame struct {
	smooth bool          // a cut is not heard
	quiet  bool          // nor is a shorter one
	lag    time.Duration // what a cut takes: whole periods, 2.5 to 15 ms
}

func newTalker() *talker {
	rng := rand.New(rand.NewPCG(7, 711))
	t := &talker{}
	for i := 0; i < len(t.frames); {
		for end := i + 60 + rng.IntN(80); i < end; { // a sentence
			pitch := time.Duration(4000+rng.IntN(5000)) * time.Microsecond
			for range 3 + rng.IntN(8) { // a vowel: its first frame is not steady
				i = t.add(i, frame{smooth: rng.IntN(4) > 0, lag: pitch})
			}
			for range 2 + rng.IntN(4) {
				i = t.add(i, frame{lag: time.Duration(2500+rng.IntN(9000)) * time.Microsecond})
			}
		}
		for range 15 + rng.IntN(50) {
			i = t.add(i, frame{smooth: true, quiet: true, lag: time.Duration(2500+rng.IntN(12500)) * time.Microsecond})
		}
	}
	return t
}

func (t *talker) add(i int, f frame) int {
	if i < len(t.frames) {
		t.frames[i] = f
	}
	return i + 1
}

func (t *talker) says(seq int) frame { return t.frames[seq%len(t.frames)] }
