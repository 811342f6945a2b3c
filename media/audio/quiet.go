package audio

import (
	"os"

	"golang.org/x/sys/unix"
)

// silence sends standard error to nowhere until restore is called, unless the libraries
// are quiet anyway, as in the phone's own builds. Debian's shared PortAudio tells there
// of each failure line by line, and JACK's library whenever no JACK server runs, past
// any handler. It lasts some 10 ms; what others print there meanwhile is lost too.
func silence(quiet bool) (restore func()) {
	if quiet {
		return func() {}
	}
	none, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return func() {}
	}
	defer none.Close()
	kept, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return func() {}
	}
	if err := unix.Dup3(int(none.Fd()), 2, 0); err != nil {
		_ = unix.Close(kept)
		return func() {}
	}
	return func() {
		_ = unix.Dup3(kept, 2, 0)
		_ = unix.Close(kept)
	}
}
