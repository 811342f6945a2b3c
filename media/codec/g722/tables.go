package g722

// The tables of §6.2, by the names of the recommendation in brackets.

// lowDecisions are the decision levels of the lower band's quantizer [Q6], in units of
// step/4096.
var lowDecisions = [30]int{
	0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650,
	714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
}

// lowPositive and lowNegative are the codes of its intervals, the first of which is 1
// [ILP, ILN]: the two next to nothing stand apart, the others follow each other.
var (
	lowPositive = codes(61, 59)
	lowNegative = codes(63, 31)
)

func codes(first, third byte) (c [31]byte) {
	c[1], c[2] = first, first-1
	for i := range byte(28) {
		c[3+i] = third - i
	}
	return c
}

// low6 and low4 are what codes of the lower band stand for, all six bits of them [QM6] or
// the first four [QM4], in units of step/32768.
var (
	low6 = [64]int{
		-136, -136, -136, -136, -24808, -21904, -19008, -16704,
		-14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
		-7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576,
		-3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
		24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192,
		10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
		4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032,
		1688, 1360, 1040, 728, 432, 136, -432, -136,
	}
	low4 = [16]int{
		0, -20456, -12896, -8968, -6288, -4240, -2584, -1200,
		20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
	}
)

// high2 is what codes of the higher band stand for [QM2].
var high2 = [4]int{-7408, -1616, 7408, 1616}

// lowGrowth and highGrowth are how a code changes the logarithm of the step [WL with
// RL42, WH with RH2].
var (
	lowGrowth = [16]int{
		-60, 3042, 1198, 538, 334, 172, 58, -30,
		3042, 1198, 538, 334, 172, 58, -30, -60,
	}
	highGrowth = [4]int{798, -214, 798, -214}
)

// mantissa is 2048 × 2^(i/32) [ILB].
var mantissa = [32]int{
	2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383,
	2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
	2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371,
	3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
}
