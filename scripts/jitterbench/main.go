// Command jitterbench replays networks over the phone's playout buffer and says what a
// listener would have heard: how long speech waits, how much of it is made up, how much
// of it is stretched; beside a fixed buffer and the policies that pjsip and WebRTC
// publish. It owns the networks, the listener and the table. It plays no sound and waits
// for nothing: an hour of a call takes a fraction of a second, and comes out the same
// each time.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/offhook/offhook/media/jitter"
)

func main() {
	out := flag.String("out", "", "also write the tables as Markdown to this `file`")
	plot := flag.String("plot", "", "draw the delay over time as SVG into this `file`")
	only := flag.String("only", "", "only networks whose `name` holds this")
	flag.Parse()
	if err := bench(*out, *plot, *only); err != nil {
		fmt.Fprintln(os.Stderr, "jitterbench:", err)
		os.Exit(1)
	}
}

// A policy is one way to play a stream.
type policy struct {
	name string
	make func() player
}

func policies() []policy {
	return []policy{
		{"Offhook", func() player { return newOffhook(jitter.Config{}) }},
		{"NetEQ", func() player { return newNetEQ() }},
		{"pjsip", func() player { return newPjsip() }},
		{"fixed 100", func() player { return newFixed(100 * time.Millisecond) }},
	}
}

func bench(out, plot, only string) error {
	traces, err := networks()
	if err != nil {
		return err
	}
	if only != "" {
		traces = named(traces, only)
	}
	page := report(traces, policies())
	fmt.Print(page.text())
	if out != "" {
		if err := os.WriteFile(out, []byte(page.markdown()), 0o644); err != nil {
			return err
		}
	}
	if plot != "" {
		for _, t := range traces {
			if t.judge && t.calm > 0 {
				return os.WriteFile(plot, []byte(drawing(t, policies())), 0o644)
			}
		}
		return errors.New("-plot draws the network that comes to rest, and -only leaves it out")
	}
	return nil
}
