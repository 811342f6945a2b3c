package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/measure"
)

// What a call must be like, and what a held one.
const (
	wantAlike = 0.9                    // aligned correlation in every second with speech
	wantHush  = -50.0                  // dBFS at most, while held
	settle    = 700 * time.Millisecond // after each change, before it counts
)

// Facts are what happened, on one time line that begins with the pass.
type facts struct {
	talks []span    // both ends talk
	held  span      // B is held by A
	sent  string    // digits that A pressed
	got   string    // digits that B's phone took
	shown [2]string // each end's own figures, as its handset showed them
}

// A span is from and to on the time line.
type span struct{ from, to time.Duration }

// A hearing is what one phone's ear got of the other's mouth.
type hearing struct {
	talk []measure.Report // one for each of facts.talks
	hush float64          // the loudest second while held, dBFS
}

// A verdict is one pass, judged.
type verdict struct {
	ends  [2]end
	sent  string
	got   string
	shown [2]string
}

// end is one direction: what was heard at this end.
type end struct {
	name    string
	seconds int           // with speech
	alike   float64       // the worst of them
	low     int           // seconds below wantAlike
	where   []string      // and where they are
	delay   time.Duration // median, mouth to ear
	gap     float64
	hush    float64
}

// judge holds the reports (of A's ear, of B's ear) against what must be.
func judge(f facts, heard [2]hearing) verdict {
	v := verdict{sent: f.sent, got: f.got, shown: f.shown}
	for i, h := range heard {
		e := end{name: [...]string{"A", "B"}[i], alike: 1, hush: h.hush}
		var delays []time.Duration
		gap, frames := 0.0, 0
		for _, r := range h.talk {
			for _, w := range r.Windows {
				if !w.Speech {
					continue
				}
				e.seconds++
				e.alike = min(e.alike, w.Alike)
				if w.Alike < wantAlike {
					e.low++
					e.where = append(e.where, fmt.Sprintf("%.2f at %.1f s", w.Alike, w.At.Seconds()))
				}
				delays = append(delays, w.Delay)
				gap += w.Gap * float64(w.Frames)
				frames += w.Frames
			}
		}
		if len(delays) > 0 {
			e.delay = measure.Percentile(delays, 50)
		}
		if frames > 0 {
			e.gap = gap / float64(frames)
		}
		v.ends[i] = e
	}
	return v
}

// ok is whether all is as it must be.
func (v verdict) ok() bool { return len(v.faults()) == 0 }

// minSeconds is how much speech each ear must have had for a judgement.
const minSeconds = 5

// faults says in words what is not as it must be.
func (v verdict) faults() (all []string) {
	for _, e := range v.ends {
		if e.seconds < minSeconds {
			all = append(all, fmt.Sprintf("%s had only %d seconds of speech to hear", e.name, e.seconds))
		}
		if e.low > 0 {
			all = append(all, fmt.Sprintf("%s did not hear the other in %d of %d seconds (%s)", e.name, e.low, e.seconds, strings.Join(e.where, ", ")))
		}
		if e.hush > wantHush {
			all = append(all, fmt.Sprintf("%s heard something while held: %.0f dBFS", e.name, e.hush))
		}
	}
	if v.got != v.sent || v.sent == "" {
		all = append(all, fmt.Sprintf("digits sent %q, taken %q", v.sent, v.got))
	}
	return all
}

func (v verdict) print(w io.Writer) {
	for i, e := range v.ends {
		other := v.ends[1-i].name
		fmt.Fprintf(w, "%s heard %s: %d s of speech, worst second %.3f alike, mouth to ear %.0f ms, gaps %.1f %%; while held %.0f dBFS\n",
			e.name, other, e.seconds, e.alike, float64(e.delay.Microseconds())/1000, 100*e.gap, e.hush)
		if v.shown[i] != "" {
			fmt.Fprintf(w, "  %s's own figures: %s\n", e.name, v.shown[i])
		}
	}
	fmt.Fprintf(w, "digits: A pressed %s, B's phone took %s\n", v.sent, v.got)
	for _, f := range v.faults() {
		fmt.Fprintln(w, "FAULT:", f)
	}
}
