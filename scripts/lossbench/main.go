// Command lossbench hears what the phone makes of speech over bad networks: its encoder, its
// reports, its playout, decoders and concealment, without sockets, cards and clocks, and so in
// seconds and with the same figures each time. It owns the cases and the table; what other
// phones make of the same, make bench-voice measures.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/speech"
)

const (
	settle  = 3 * time.Second  // until what is heard counts, as in make bench-voice
	resting = 12 * time.Second // of calm that are listened to
	spoken  = 24 * time.Second
)

type options struct {
	seeds  []uint64
	lab    bool
	only   string
	codecs string
	counts time.Duration // that is listened to
	after  time.Duration // the call begins so long after the speech
}

func main() {
	seeds := flag.String("seeds", "1,3,5", "`numbers` that say what is lost and late: 2,4,6 are there to tune on")
	var o options
	flag.BoolVar(&o.lab, "lab", false, "the text, losses and scorer that the aims were measured with")
	flag.StringVar(&o.only, "only", "", "`part` of the names of the cases")
	flag.StringVar(&o.codecs, "codecs", "", "`names` of codecs with commas: PCMU,G722,OPUS; none: all")
	flag.DurationVar(&o.counts, "for", 35*time.Second, "how `long` is listened to, as in make bench-voice")
	flag.DurationVar(&o.after, "after", 0, "how `long` the mouths speak already when the call begins, so that what is lost falls on other words")
	flag.Parse()
	if o.counts < 5*time.Second || o.counts > 10*time.Minute || o.after < 0 {
		fmt.Fprintln(os.Stderr, "lossbench: -for is 5s to 10m, -after 0 or more")
		os.Exit(2)
	}
	for _, s := range strings.Split(*seeds, ",") {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			fmt.Fprintf(os.Stderr, "lossbench: -seeds: %q is no number\n", s)
			os.Exit(2)
		}
		o.seeds = append(o.seeds, n)
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "lossbench:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	voices := []speech.Voice{speech.Anna, speech.Bob}
	if o.lab {
		voices, o.seeds = []speech.Voice{harvard, harvard}, []uint64{labSeed}
	}
	var mouths [2]measure.Signal
	for i, v := range voices {
		s, err := speech.Say(v)
		if err != nil {
			return err
		}
		lasts := spoken
		if o.lab {
			lasts = min(2*s.Duration(), time.Minute)
			s.X = append(s.X, s.X...)
		}
		mouths[i] = turned(s.Resample(card).Cut(0, lasts), o.after)
	}
	rows := o.rows()
	if len(rows) == 0 {
		return errors.New("no case and codec of these names")
	}
	for _, r := range rows {
		r.prepare(o, mouths)
	}
	var done sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, r := range rows {
		for i := range r.ears {
			done.Go(func() {
				gate <- struct{}{}
				r.ears[i].listen(r)
				<-gate
			})
		}
	}
	done.Wait()
	return write(os.Stdout, rows)
}

// turned is s, which goes round and round, from another instant on.
func turned(s measure.Signal, from time.Duration) measure.Signal {
	if n := len(s.X); n > 0 {
		k := int(from.Seconds()*float64(s.Rate)) % n
		s.X = append(s.X[k:n:n], s.X[:k]...)
	}
	return s
}
