#include "textflag.h"

// func call(fn, arg, top unsafe.Pointer)
//
// C keeps BX, and R14, where Go has its goroutine (System V ABI, figure 3.4). top is a
// multiple of 16, as SP has to be before a CALL.
TEXT ·call(SB), NOSPLIT, $0-24
	MOVQ fn+0(FP), AX
	MOVQ arg+8(FP), DI
	MOVQ top+16(FP), DX
	MOVQ SP, BX
	MOVQ DX, SP
	CALL AX
	MOVQ BX, SP
	RET
