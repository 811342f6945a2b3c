//go:build race

package main

// raced is whether the race detector watches: all computing takes ten times as long.
const raced = true
