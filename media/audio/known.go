package audio

// #include <stdlib.h>
// #include "stream.h"
import "C"

import (
	"strings"
	"unsafe"
)

// Known reports whether ALSA has a device of that name in its configuration: "default",
// "vcard", what follows a colon left aside. Cards are not among them: hw and plughw are ways
// to one that may not be there.
func Known(name string) bool {
	name, _, _ = strings.Cut(name, ":")
	if name == "" || name == "hw" || name == "plughw" {
		return false
	}
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	library.Lock()
	defer library.Unlock()
	return C.stream_known(s) != 0
}
