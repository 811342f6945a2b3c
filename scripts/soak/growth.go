package soak

import (
	"fmt"
	"slices"
)

// What a process may keep. Go's heap breathes: the collector runs when it has doubled
// what lives, or after two minutes, and gives pages back late. So thirds are compared by
// their medians, after a warm-up, with a margin of an eighth, 2 MiB at least. That sees
// a leak of 30 kB a call in 150 calls, of 4 kB in 1200. Go ends no thread that it has
// started, so threads may be a few more; files may not. A round is one call or a few that
// go together.
const (
	warmUp        = 26 // rounds that may fill what stays: each way twice
	memoryMargin  = 8  // the share is 1 in this
	memoryLeast   = 2 << 20
	threadsMargin = 4
)

// judgeMemory says what is wrong with the resident memory of a process after each round;
// "": nothing.
func judgeMemory(after []int64) string {
	if len(after) < warmUp+6 {
		return ""
	}
	after = after[warmUp:]
	third := len(after) / 3
	first, last := median(after[:third]), median(after[len(after)-third:])
	if most := first + max(first/memoryMargin, memoryLeast); last > most {
		return fmt.Sprintf("its memory grew from %s to %s, %d bytes a round", megabytes(first), megabytes(last), (last-first)/int64(len(after)-third))
	}
	return ""
}

// judgeHeld says what a process holds at the end that it did not when it was at rest; "":
// nothing.
func judgeHeld(start, end footprint) string {
	switch {
	case end.files > start.files:
		return fmt.Sprintf("%d files stay open", end.files-start.files)
	case end.threads > start.threads+threadsMargin:
		return fmt.Sprintf("%d threads more than the %d at first", end.threads-start.threads, start.threads)
	}
	return ""
}

func median(all []int64) int64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
