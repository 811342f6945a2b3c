// Package soak makes phones work for long: two of them at one exchange, each a process
// of its own, call each other and the test extensions again and again through their
// panels, end each call in every way that there is, and get garbage at every port
// meanwhile. It owns the calls, the garbage, and the judgement of what is left behind:
// files, threads, memory, call log. All that it knows of a phone is its panel, its log
// and what Linux tells of its process; sound is not judged here (make demo does that).
//
//	make soak TESTFLAGS="-v -run Soak"    SOAK_CALLS=150 is how many calls
//
// The work is done by tests under the build tag soak; the rest is judged in each go test.
package soak
