package audio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Our own choices for watching.
const (
	settling = 200 * time.Millisecond // a card comes with several files, and its rights a little later
	looking  = 10 * time.Second       // where the system tells nothing
)

// Watch calls changed each time that sound cards came or went, as the files of dev, the
// folder /dev, show it, until ctx ends; changed is also called at the beginning, and where
// nothing has changed after all. Between it sleeps. Where the system does not tell, it calls now and then.
func Watch(ctx context.Context, dev string, changed func()) {
	for ctx.Err() == nil {
		if watch(ctx, dev, changed) == nil {
			continue
		}
		select {
		case <-time.After(looking):
			changed()
		case <-ctx.Done():
		}
	}
}

// watch watches the folder of the cards' files, or while there is none the one that it will
// be in. It returns nil when that has to be asked anew.
func watch(ctx context.Context, dev string, changed func()) error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return err
	}
	news := os.NewFile(uintptr(fd), "inotify")
	defer news.Close()
	defer context.AfterFunc(ctx, func() { _ = news.SetReadDeadline(time.Now()) })()

	snd := filepath.Join(dev, "snd")
	const all = unix.IN_CREATE | unix.IN_DELETE | unix.IN_ATTRIB | unix.IN_MOVED_TO | unix.IN_MOVED_FROM
	_, err = unix.InotifyAddWatch(fd, snd, all|unix.IN_DELETE_SELF|unix.IN_ONLYDIR)
	waits := errors.Is(err, unix.ENOENT)
	if waits {
		if _, err = unix.InotifyAddWatch(fd, dev, unix.IN_CREATE|unix.IN_MOVED_TO|unix.IN_ONLYDIR); err == nil && exists(snd) {
			return nil // it came between the two
		}
	}
	if err != nil {
		return err
	}
	changed() // what came before it was watched
	for buf := make([]byte, 4096); ; {
		if _, err := news.Read(buf); err != nil {
			return err
		}
		if waits && exists(snd) {
			return nil
		}
		if waits {
			continue // another device's file
		}
		select {
		case <-time.After(settling):
		case <-ctx.Done():
			return nil
		}
		if changed(); !exists(snd) {
			return nil
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
