// Command codecs measures what the codecs do to speech, without a network and without a
// clock: packets go from the encoder to the decoder, and some of them nowhere. It prints a
// table. The costs are of this machine, and comparable within one run.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/offhook/offhook/scripts/measure"
	"github.com/offhook/offhook/scripts/speech"
)

func main() {
	only := flag.String("only", "", "part of the names of the codecs to measure")
	flag.Parse()
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "codecs:", err)
		os.Exit(1)
	}
}

func run(only string) error {
	anna, err := speech.Say(speech.Anna)
	if err != nil {
		return err
	}
	bob, err := speech.Say(speech.Bob)
	if err != nil {
		return err
	}
	fmt.Println("| codec | kbit/s | distance | gaps | 10 % lost | gaps | in bursts | gaps | encode µs/20 ms | decode |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, c := range cases() {
		if !strings.Contains(c.name, only) {
			continue
		}
		r, err := c.measure([]measure.Signal{anna, bob})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Println(r)
	}
	return nil
}
