#include "textflag.h"

// func call(fn, arg, top unsafe.Pointer)
//
// C keeps R19, and R28, where Go has its goroutine (AAPCS64 §6.1.1).
TEXT ·call(SB), NOSPLIT, $16-24
	MOVD fn+0(FP), R1
	MOVD arg+8(FP), R0
	MOVD top+16(FP), R2
	MOVD RSP, R19
	MOVD R2, RSP
	CALL (R1)
	MOVD R19, RSP
	RET
