// Package interop tries Offhook against the programs that others wrote, and first those
// against each other, so that a failure with Offhook is Offhook's. A peer that is not
// installed fails its tests. All of it is tests, under the build tag interop.
package interop
