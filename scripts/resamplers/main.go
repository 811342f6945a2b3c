// Command resamplers compares the phone's resampler with libspeexdsp's: delay, pass band and
// what is let through of what should not be. docs/decisions has the page. What they cost is
// counted by make bench-instructions.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := page(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// ways are the rates between which a phone resamples: its card's, and its codecs'.
var ways = [][2]int{{48000, 8000}, {8000, 48000}, {48000, 16000}, {16000, 48000}, {16000, 8000}, {8000, 16000}, {44100, 8000}, {8000, 44100}}

// page prints the table.
func page(w io.Writer) error {
	fmt.Fprint(w, "| from, to | resampler | delay ms | -1 dB Hz | -3 dB Hz | worst alias or image dB | beyond 1.1 of the band dB |\n|---|---|---:|---:|---:|---:|---:|\n")
	for _, way := range ways {
		for _, k := range kinds {
			f, err := measure(k, way[0], way[1])
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| %d, %d | %s | %.2f | %.0f | %.0f | %.0f | %.0f |\n", way[0], way[1], k.name, f.delay, f.oneDB, f.threeDB, f.worst, f.beyond)
		}
	}
	return nil
}
