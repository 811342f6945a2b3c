package panel

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// ErrInUse says that another phone listens at the socket.
var ErrInUse = errors.New("another phone listens here")

// maxPath is what a Unix socket's address holds (unix(7): 108 bytes with the final zero).
const maxPath = 107

// ListenUnix listens at a Unix socket that only this user may open (mode 0600), in a folder
// that is made with mode 0700 if need be. A socket that a dead phone left behind is replaced;
// one at which somebody listens is ErrInUse, and any other file is left alone. Closing the
// listener removes the socket. A folder in which others could replace it is refused.
func ListenUnix(path string) (net.Listener, error) {
	if len(path) > maxPath-len(".new") {
		return nil, fmt.Errorf("panel: %s: longer than the %d bytes that a socket's path may have", path, maxPath-len(".new"))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	if err := ours(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := clear(path); err != nil {
		return nil, err
	}
	// The socket gets its mode under another name, so that it is never open to others under its own.
	fresh := path + ".new"
	if err := clear(fresh); err != nil {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: fresh, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	l.SetUnlinkOnClose(false)
	if err = os.Chmod(fresh, 0o600); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		l.Close()
		os.Remove(fresh)
		return nil, fmt.Errorf("panel: %w", err)
	}
	return &unixListener{UnixListener: l, path: path}, nil
}

// ours says whether others cannot replace files in a folder: it is this user's or root's,
// and where all may write, only owners may remove (/tmp).
func ours(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	stat, is := info.Sys().(*syscall.Stat_t)
	if is && stat.Uid != 0 && int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("panel: the folder %s belongs to another user", dir)
	}
	if info.Mode()&0o002 != 0 && info.Mode()&os.ModeSticky == 0 {
		return fmt.Errorf("panel: anyone may write to the folder %s; chmod o-w it", dir)
	}
	return nil
}

// clear removes a socket at which nobody listens.
func clear(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("panel: %w", err)
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("panel: %s is there already and is no socket", path)
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
		return fmt.Errorf("panel: %s: %w", path, ErrInUse)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("panel: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	return nil
}

type unixListener struct {
	*net.UnixListener
	path   string
	closed sync.Once
}

func (l *unixListener) Close() error {
	err := l.UnixListener.Close()
	l.closed.Do(func() { os.Remove(l.path) })
	return err
}

// ListenTCP listens at host:port. Only a loopback address may go without a token.
func ListenTCP(address, token string) (net.Listener, error) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	if token == "" && !at.IP.IsLoopback() {
		return nil, fmt.Errorf("panel: %s is open to the network: it needs a token", address)
	}
	l, err := net.ListenTCP("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	return l, nil
}
