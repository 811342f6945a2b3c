//go:build race

package media

// raced: the race detector lets sync.Pool forget at random, and pion's ciphers pool, so that
// allocations are not to be counted; and it is slow: see minutes.
const raced = true
