package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// logTo opens the log. A headless phone logs to standard error, on a descriptor of its
// own: libraries that look for sound cards print there, and media/audio shuts them up by
// turning descriptor 2 away for a moment. With a handset on the terminal the log is the
// file at path, and so is standard error: whatever is printed would go through the drawing.
func logTo(path string, headless bool) (w io.Writer, restore func(), err error) {
	stderr, err := unix.FcntlInt(uintptr(unix.Stderr), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, nil, fmt.Errorf("standard error: %w", err)
	}
	kept := os.NewFile(uintptr(stderr), "stderr")
	if headless {
		return kept, func() { kept.Close() }, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		kept.Close()
		return nil, nil, fmt.Errorf("the log cannot be written: %w", err)
	}
	if err := unix.Dup3(int(file.Fd()), unix.Stderr, 0); err != nil {
		kept.Close()
		file.Close()
		return nil, nil, fmt.Errorf("standard error: %w", err)
	}
	return file, func() {
		unix.Dup3(stderr, unix.Stderr, 0)
		kept.Close()
		file.Close()
	}, nil
}
