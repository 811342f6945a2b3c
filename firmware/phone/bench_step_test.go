package phone

import "testing"

// BenchmarkStep is one key press in a call: what stands between a finger and the network.
func BenchmarkStep(b *testing.B) {
	bench := newBench(b)
	bench.step(Hook{Off: true})
	bench.step(Call{"600", 0})
	bench.step(Answered{Call: 1})
	m, at := bench.m, bench.now
	b.ReportAllocs()
	for b.Loop() {
		m, _ = m.Step(at, Digit{'1'})
	}
}
