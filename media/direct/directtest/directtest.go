// Package directtest has functions in C for the tests of direct, which cannot have any itself:
// Go allows no C beside assembly. It tests nothing.
package directtest

// #include <stdint.h>
// #include <string.h>
// #include <time.h>
//
// struct job { int64_t n, result; };
//
// static void twice(void *p) {
//	struct job *j = p;
//	j->result = 2 * j->n;
// }
//
// static int64_t down(int64_t n) {
//	volatile char frame[1024];
//	memset((void *)frame, (int)n, sizeof frame);
//	return n > 1 ? down(n - 1) + (frame[n % 1024] == (char)n) : 1;
// }
//
// static void deep(void *p) {
//	struct job *j = p;
//	j->result = down(j->n);
// }
//
// static int64_t now(void) {
//	struct timespec t;
//	clock_gettime(CLOCK_MONOTONIC, &t);
//	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
// }
//
// static void work(void *p) {
//	struct job *j = p;
//	double x = 1;
//	int64_t end = now() + j->n;
//	do
//		x = x * 1.0000001 + 0.1;
//	while (now() < end);
//	j->result = x > 1;
// }
//
// static void *twice_(void) { return twice; }
// static void *deep_(void) { return deep; }
// static void *work_(void) { return work; }
import "C"

import "unsafe"

// A Job is what each function takes.
type Job struct{ N, Result int64 }

// The functions.
var (
	Twice = unsafe.Pointer(C.twice_()) // Result is 2 × N
	Deep  = unsafe.Pointer(C.deep_())  // uses some more than N KB of stack; Result is N
	Work  = unsafe.Pointer(C.work_())  // computes for N µs; Result is 1
)
