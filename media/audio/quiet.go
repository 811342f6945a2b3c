package audio

import (
	"os"

	"golang.org/x/sys/unix"
)

// silence sends standard error to nowhere until restore is called. Libraries print there,
// past any handler, while they look for cards: JACK's whenever no JACK server runs (ALSA
// loads it, where Debian's plugins are installed), the shared PortAudio at each failure.
// It lasts some 10 ms; what others print there meanwhile is lost too, so a log belongs on
// a descriptor of its own.
func silence() (restore func()) {
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
