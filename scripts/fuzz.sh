#!/usr/bin/env bash
# Runs every fuzz target of the tree, one after the other, FUZZTIME each (20s).
# Give packages to run only theirs: scripts/fuzz.sh ./sip/... ./media/rtp
#
#   FUZZTIME=10m scripts/fuzz.sh     hours, by hand
#
# An input that reaches something new is made smaller in a hundred tries at most: of what runs
# by itself in goroutines Go would make one smaller for a whole minute.
#
# Go keeps an input that fails in the package's testdata/fuzz, where each go test runs it
# again: it belongs into the tree with its remedy. What is only new stays in Go's cache, and
# the next run goes on from there; what a grammar has is among the seeds of its target.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=0 ran=0
for package in $(go list "${@:-./...}"); do
	for target in $(go test -list '^Fuzz' "$package" 2>/dev/null | grep '^Fuzz'); do
		echo "$package $target"
		ran=$((ran + 1))
		go test -run '^$' -fuzz "^$target\$" -fuzzminimizetime 100x -fuzztime "${FUZZTIME:-20s}" "$package" || failed=$((failed + 1))
	done
done
echo "$ran fuzz targets, $failed failed"
[ "$ran" -gt 0 ] && [ "$failed" = 0 ]
