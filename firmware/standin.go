package main

import (
	"errors"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// filesIn is the folder of the WAV files that stand in for a missing card; "": none, because
// nothing can be written there, as on an SD card's read-only system.
func filesIn(dir string) string {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		err := unix.Access(at, unix.W_OK)
		if errors.Is(err, unix.EROFS) {
			return ""
		}
		if !errors.Is(err, unix.ENOENT) || at == filepath.Dir(at) {
			return dir // what else is wrong there, opening it says
		}
	}
}

// standIn is what people call what stands in for a card.
func standIn(files string) string {
	if files == "" {
		return "silence"
	}
	return "WAV files in " + strings.TrimSuffix(files, "/") + "/"
}
