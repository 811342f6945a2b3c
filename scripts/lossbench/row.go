package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/offhook/offhook/media/agreement"
	"github.com/offhook/offhook/media/jitter"
	"github.com/offhook/offhook/scripts/measure"
)

// short is what the delay is to come back under in a calm.
const short = 80 * time.Millisecond

// A row is a case in one codec: what some ears hear of it.
type row struct {
	circumstance
	codec  agreement.Codec
	counts time.Duration
	ears   []ear
}

// An ear hears one direction of one call.
type ear struct {
	said  measure.Signal
	path  path
	judge func(said, heard measure.Signal, o measure.Options) measure.Verdict
	heard measure.Verdict
	stats jitter.Stats
	back  time.Duration // until the delay was short again
	never bool
	err   error
}

func (o options) rows() (rows []*row) {
	for _, c := range circumstances {
		for _, codec := range codecs {
			wanted := o.codecs == "" || strings.Contains(","+strings.ToUpper(o.codecs)+",", ","+codec.Name+",")
			if strings.Contains(c.name, o.only) && wanted {
				rows = append(rows, &row{circumstance: c, codec: codec, counts: o.counts})
			}
		}
	}
	return rows
}

// prepare makes an ear for each direction of each seed.
func (r *row) prepare(o options, mouths [2]measure.Signal) {
	for _, seed := range o.seeds {
		for direction := range 2 {
			n := r.network
			n.Seed = seed
			e := ear{said: mouths[direction], path: n.Path(direction), judge: measure.Judge}
			if o.lab {
				e.path, e.judge = &lab{network: n, direction: direction}, labScore
			}
			r.ears = append(r.ears, e)
		}
	}
}

// listen carries and judges.
func (e *ear) listen(r *row) {
	from, to := settle, settle+r.counts
	l := line{codec: r.codec, path: e.path, lasts: to}
	if r.calm {
		l.calm, l.lasts = to, to+resting
	}
	var heard measure.Signal
	if heard, e.stats, e.err = l.carry(e.said); e.err != nil {
		return
	}
	o := measure.Options{Loop: true, Max: 400 * time.Millisecond, From: from, To: to}
	e.heard = e.judge(e.said, heard, o)
	if r.calm {
		o.From, o.To = to, l.lasts
		back, ok := measure.Follow(e.said, heard, o).Under(short-cards, to)
		e.back, e.never = back, !ok
	}
}

func write(w io.Writer, rows []*row) error {
	var failed []error
	fmt.Fprintln(w, "| case | codec | dB | gaps % | STOI | aim | delay ms | p95 | recovered % | dry % | stretched % | calm s |")
	fmt.Fprintln(w, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, r := range rows {
		for _, e := range r.ears {
			failed = append(failed, e.err)
		}
		fmt.Fprintln(w, r)
	}
	return errors.Join(failed...)
}

// mean of one figure over the ears.
func (r *row) mean(of func(e *ear) float64) (sum float64) {
	for i := range r.ears {
		sum += of(&r.ears[i]) / float64(len(r.ears))
	}
	return sum
}

func (r *row) String() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "| %s | %s | %.2f | %.2f | %.3f |", r.name, r.codec.Name,
		r.mean(func(e *ear) float64 { return e.heard.Distance }), 100*r.mean(func(e *ear) float64 { return e.heard.Gap }),
		r.mean(func(e *ear) float64 { return e.heard.STOI }))
	if a, ok := aims[r.name][r.codec]; ok {
		fmt.Fprintf(b, " %.2f/%.2f |", a.distance, a.gap)
	} else {
		fmt.Fprint(b, " |")
	}
	lasted := settle + r.counts
	if r.calm {
		lasted += resting
	}
	share := func(d time.Duration) float64 { return 100 * float64(d) / float64(lasted) }
	fmt.Fprintf(b, " %.0f | %.0f | %.0f | %.1f | %.1f |",
		r.mean(func(e *ear) float64 { return ms(e.heard.Delay + cards) }), r.mean(func(e *ear) float64 { return ms(e.heard.Late + cards) }),
		r.mean(func(e *ear) float64 { return 100 * float64(e.stats.Recovered) / max(1, float64(e.stats.Lost)) }),
		r.mean(func(e *ear) float64 { return share(time.Duration(e.stats.Dry) * step) }),
		r.mean(func(e *ear) float64 { return share(e.stats.Shortened + e.stats.Lengthened) }))
	worst, never := time.Duration(0), false
	for i := range r.ears {
		worst, never = max(worst, r.ears[i].back), never || r.ears[i].never
	}
	switch {
	case !r.calm:
		fmt.Fprint(b, " |")
	case never:
		fmt.Fprint(b, " never |")
	default:
		fmt.Fprintf(b, " %.1f |", worst.Seconds())
	}
	return b.String()
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
