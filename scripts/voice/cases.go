package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/scripts/impair"
	"github.com/offhook/offhook/scripts/trial"
)

// A circumstance is what a call has to live with.
type circumstance struct {
	name, what string
	network    impair.Network
	trace      string     // file of its G.1050 trace; "": none
	ppm        [2]float64 // how much too fast each card's crystal is
	calm       bool       // the network becomes perfect at the end, and is listened to
}

// circumstances are all cases, the best first.
var circumstances = []circumstance{
	{name: "clean", what: "clean"},
	{name: "drift", what: "cards 200 ppm apart", ppm: [2]float64{100, -100}},
	{name: "loss5", what: "5 % loss", network: impair.Network{Loss: 0.05}},
	{name: "loss10", what: "10 % loss", network: impair.Network{Loss: 0.1}},
	{name: "burst", what: "10 % loss in bursts of 3", network: impair.Network{Loss: 0.1, Burst: 3}},
	{name: "jitter", what: "jitter 0-60 ms, reordering", network: impair.Network{Jitter: 60 * time.Millisecond}, calm: true},
	{name: "both", what: "jitter 0-60 ms and 5 % loss", network: impair.Network{Jitter: 60 * time.Millisecond, Loss: 0.05}},
	{name: "g1050c", what: "G.1050 severity C", trace: "sevC.txt.gz"},
	{name: "g1050e", what: "G.1050 severity E", trace: "sevE.txt.gz"},
}

func caseNames() string {
	var all []string
	for _, c := range circumstances {
		all = append(all, c.name)
	}
	return strings.Join(all, ",")
}

// chosen are the cases of a list of names, in our order; all of none.
func chosen(list string) (some []circumstance, err error) {
	wanted, err := words(list, caseNames())
	if err != nil {
		return nil, fmt.Errorf("-cases: %w", err)
	}
	for _, c := range circumstances {
		if len(wanted) == 0 || wanted[c.name] {
			some = append(some, c)
		}
	}
	return some, nil
}

// flags are the codecs' names on the command line, as trial.Codecs has them.
const flags = "g711,opus"

func chosenCodecs(list string) (some []trial.Codec, err error) {
	wanted, err := words(list, flags)
	if err != nil {
		return nil, fmt.Errorf("-codecs: %w", err)
	}
	for i, name := range strings.Split(flags, ",") {
		if len(wanted) == 0 || wanted[name] {
			some = append(some, trial.Codecs[i])
		}
	}
	return some, nil
}

// words are those of a list, each one of known.
func words(list, known string) (map[string]bool, error) {
	all := map[string]bool{}
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !strings.Contains(","+known+",", ","+word+",") {
			return nil, fmt.Errorf("%q is none of %s", word, known)
		}
		all[word] = true
	}
	return all, nil
}

// net is the network of the case, with its trace read.
func (c circumstance) net(traces string, seed uint64) (n impair.Network, err error) {
	n = c.network
	n.Seed = seed
	if c.trace != "" {
		n.Trace, err = impair.LoadTrace(filepath.Join(traces, c.trace))
	}
	return n, err
}
