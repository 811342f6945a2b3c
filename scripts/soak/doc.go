// Package soak makes phones work for long: pairs of them at one exchange, each a process
// of its own, call each other and the test extensions again and again through their
// panels, end each call in every way that there is, and get garbage at every port
// meanwhile. It owns the calls, the garbage, and the judgement of what is left behind:
// files, threads, memory, call log. All that it knows of a phone is its panel, its log
// and what Linux tells of its process; sound is not judged here (make demo does that).
//
//	make soak TESTFLAGS="-v -run TestSoak$"    SOAK_CALLS=150 is how many calls in all,
//	                                           SOAK_PAIRS=1 how many pairs side by side
//
// A call takes a second or two, so 10,000 take one pair some hours, and
//
//	SOAK_PAIRS=10 SOAK_CALLS=10000 make soak TESTFLAGS="-v -run TestSoak$"
//
// about 25 minutes on two quiet cores. At its end it prints what it found as Markdown, for a
// page of docs/bench. The same number of calls between user agents alone, 16 at a time in
// one process, takes ten minutes (TestSoakOfAgents in sip).
//
// The work is done by tests under the build tag soak; the rest is judged in each go test.
package soak
