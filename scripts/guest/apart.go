package guest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// place is set in the process that is apart: a folder that goes with it.
const place = "OFFHOOK_GUEST_PLACE"

// Apart runs a package's tests, run being testing.M's, in namespaces of their own for the
// network, processes and mounts, and returns its exit code. There the loopback and the cable
// to the guest are the whole network, and whatever the tests have started ends with them. It
// needs root and /dev/net/tun.
func Apart(run func() int) int {
	if os.Getenv(place) == "" {
		code, err := again()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return code
	}
	// The pipe ends with the process outside, whatever ended that.
	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(3, "outside"))
		os.Exit(1)
	}()
	if err := settle(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// again runs this program once more, apart.
func again() (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 1, fmt.Errorf("guest: %w", err)
	}
	dir, err := os.MkdirTemp("", "guest")
	if err != nil {
		return 1, fmt.Errorf("guest: %w", err)
	}
	defer os.RemoveAll(dir)
	theirs, ours, err := os.Pipe()
	if err != nil {
		return 1, fmt.Errorf("guest: %w", err)
	}
	defer ours.Close()
	defer theirs.Close()
	c := exec.Command(self, os.Args[1:]...)
	c.Env = append(os.Environ(), place+"="+dir)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.ExtraFiles = []*os.File{theirs}
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWNS}
	var exit *exec.ExitError
	switch err := c.Run(); {
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1), nil
	case errors.Is(err, unix.EPERM):
		return 1, fmt.Errorf("guest: %w: namespaces need root", ErrLess)
	case err != nil:
		return 1, fmt.Errorf("guest: %w: %w", ErrLess, err)
	}
	return 0, nil
}

// settle makes the namespaces habitable: their own /proc, the loopback, the cable, a key for
// the guest's shell.
func settle() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("guest: own mounts: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("guest: own /proc: %w", err)
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Errorf("guest: %w: %w", ErrLess, err)
	}
	for _, words := range []string{
		"ip link set lo up",
		"ip tuntap add dev " + cable + " mode tap",
		"ip addr add " + HostAddr + "/24 dev " + cable,
		"ip link set " + cable + " up",
		"ssh-keygen -q -t ed25519 -N  -C test -f " + keyFile(),
	} {
		f := strings.Split(words, " ")
		if _, err := run(f[0], f[1:]...); err != nil {
			return err
		}
	}
	return nil
}

func keyFile() string { return filepath.Join(os.Getenv(place), "key") }
