package station

import "slices"

// A Reloading is somebody else than the user at the desk who wants the settings file read
// again: a script. Done is called once, on the loop, with what came of it, and must not block.
type Reloading struct{ Done Reread }

// Reread is what came of reading the settings file: words for a person, a line or several, and
// whether its settings are taken.
type Reread func(words string, good bool)

// reloading are those who wait for it: askers until a reading begins, readers from then on. Who
// asks while the file is being read may have changed it since, and waits for the next reading.
type reloading struct{ askers, readers []Reread }

func (r *reloading) begins() { r.askers, r.readers = nil, append(r.readers, r.askers...) }

func (r *reloading) ended(words string, good bool) {
	for _, done := range r.readers {
		done(words, good)
	}
	r.readers = nil
}

// end tells all who still wait.
func (r *reloading) end() {
	for _, done := range slices.Concat(r.readers, r.askers) {
		done("the phone stopped before it had read its settings", false)
	}
	*r = reloading{}
}
