package main

import (
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// logTo opens the log. A headless phone logs to standard error, on a descriptor of its
// own: libraries that look for sound cards print there, and media/audio shuts them up by
// turning descriptor 2 away for a moment. With a handset on the terminal the log is the
// file at path, and so is standard error: whatever is printed would go through the drawing.
// A log that cannot be written, on a full disk say, is no reason not to be a phone.
func logTo(path string, headless bool) (w io.Writer, restore func()) {
	stderr, err := unix.FcntlInt(uintptr(unix.Stderr), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil { // closed by whoever started us
		return io.Discard, func() {}
	}
	kept := os.NewFile(uintptr(stderr), "stderr")
	if headless {
		return kept, func() { kept.Close() }
	}
	file, err := openLog(path)
	if err != nil {
		kept.Close()
		return io.Discard, func() {}
	}
	if err := unix.Dup3(int(file.Fd()), unix.Stderr, 0); err != nil {
		kept.Close()
		return file, func() { file.Close() }
	}
	return file, func() {
		unix.Dup3(stderr, unix.Stderr, 0)
		kept.Close()
		file.Close()
	}
}

// openLog begins the file at path anew, or opens what swallows everything.
func openLog(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
		if file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err == nil {
			return file, nil
		}
	}
	return os.OpenFile(os.DevNull, os.O_WRONLY, 0)
}
