#include "textflag.h"

// func slide16(sums *[16]float32, h, x *float32, taps int)
//
// V0-V3 are the samples under a weight for sixteen neighbours, V4-V7 their sums, V16 four
// weights, V17-V20 each of them four times.
TEXT ·slide16(SB), NOSPLIT, $0-32
	MOVD sums+0(FP), R0
	MOVD h+8(FP), R1
	MOVD x+16(FP), R2
	MOVD taps+24(FP), R3
	MOVD $4, R4 // bytes to the next sample
	VEOR V4.B16, V4.B16, V4.B16
	VEOR V5.B16, V5.B16, V5.B16
	VEOR V6.B16, V6.B16, V6.B16
	VEOR V7.B16, V7.B16, V7.B16

four:
	VLD1.P 16(R1), [V16.S4]
	VDUP   V16.S[0], V17.S4
	VDUP   V16.S[1], V18.S4
	VDUP   V16.S[2], V19.S4
	VDUP   V16.S[3], V20.S4
	VLD1.P (R2)(R4), [V0.S4, V1.S4, V2.S4, V3.S4]
	VFMLA  V17.S4, V0.S4, V4.S4
	VFMLA  V17.S4, V1.S4, V5.S4
	VFMLA  V17.S4, V2.S4, V6.S4
	VFMLA  V17.S4, V3.S4, V7.S4
	VLD1.P (R2)(R4), [V0.S4, V1.S4, V2.S4, V3.S4]
	VFMLA  V18.S4, V0.S4, V4.S4
	VFMLA  V18.S4, V1.S4, V5.S4
	VFMLA  V18.S4, V2.S4, V6.S4
	VFMLA  V18.S4, V3.S4, V7.S4
	VLD1.P (R2)(R4), [V0.S4, V1.S4, V2.S4, V3.S4]
	VFMLA  V19.S4, V0.S4, V4.S4
	VFMLA  V19.S4, V1.S4, V5.S4
	VFMLA  V19.S4, V2.S4, V6.S4
	VFMLA  V19.S4, V3.S4, V7.S4
	VLD1.P (R2)(R4), [V0.S4, V1.S4, V2.S4, V3.S4]
	VFMLA  V20.S4, V0.S4, V4.S4
	VFMLA  V20.S4, V1.S4, V5.S4
	VFMLA  V20.S4, V2.S4, V6.S4
	VFMLA  V20.S4, V3.S4, V7.S4
	SUBS   $4, R3
	BGT    four

	VST1 [V4.S4, V5.S4, V6.S4, V7.S4], (R0)
	RET
