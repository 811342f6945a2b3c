package dsp

// Less writes to dst the sum without own, exactly: what a party of a conference hears, who
// must not hear himself. dst may be sum; len(own) = len(dst) ≤ len(sum).
func Less(dst, sum []int32, own []int16) {
	sum, own = sum[:len(dst)], own[:len(dst)]
	for i := range dst {
		dst[i] = sum[i] - int32(own[i])
	}
}
