// Package guest owns the SD card image as it runs in QEMU: a card that is a copy of
// bin/image/offhook.img, the machine that boots it, and the ways in: the FAT partition, the
// phone's panel, a shell, the consoles, the power switch. All of it is in namespaces of its
// own (Apart), from which nothing leaves this machine and in which nothing stays behind.
// What the phone must do there its tests say, under the build tag qemu.
package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/offhook/offhook/board/panel"
)

// The two ends of the cable between this machine and the guest.
const (
	HostAddr  = "10.76.0.1"
	GuestAddr = "10.76.0.2"
)

// Options say how a guest differs from what make qemu boots. The zero value is the virt
// machine on the cable of HostAddr and GuestAddr.
type Options struct {
	Machine string   // "virt" (also ""), "raspi3b"
	Append  string   // more words for the kernel
	Devices []string // more arguments of QEMU
	// DHCP puts the guest into QEMU's own network, which gives it an address and has no way
	// in, in place of the cable.
	DHCP bool
	// Reboots lets the guest start again when it wants to; else QEMU ends there.
	Reboots bool
	// Writes is a file for a log of all that virt writes to its card (scripts/writelog).
	Writes string
	// Tryboot starts it as a firmware does that was asked for tryboot.txt.
	Tryboot bool
}

// A Guest is a running machine.
type Guest struct {
	*Card
	Begun time.Time // when QEMU was started
	dir   string    // its consoles
	cmd   *exec.Cmd
	done  chan struct{}
	err   error // of Wait, once done is closed
}

// Boot starts a machine with the card, kernel and initrd being those of the slot that
// the card's config.txt names, and does not wait for anything. One guest at a time is on the cable.
func (c *Card) Boot(o Options) (*Guest, error) {
	dir, err := os.MkdirTemp(c.dir, "boot")
	if err != nil {
		return nil, fmt.Errorf("guest: %w", err)
	}
	slot, err := c.loads(o.Tryboot)
	if err != nil {
		return nil, err
	}
	o.Append += " offhook.slot=" + slot.String()
	for _, name := range []string{"kernel8.img", "initrd.img", deviceTree} {
		if err := c.get(slot.String()+"/"+name, filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	args, err := o.arguments(dir, c.Path)
	if err != nil {
		return nil, err
	}
	// An emulated machine has no time to spare for its sound: it goes before other programs.
	g := &Guest{Card: c, dir: dir, cmd: exec.Command("nice", append([]string{"-n", "-10", "qemu-system-aarch64"}, args...)...), done: make(chan struct{})}
	words, err := os.Create(filepath.Join(dir, "qemu.log"))
	if err != nil {
		return nil, fmt.Errorf("guest: %w", err)
	}
	defer words.Close()
	g.cmd.Stdout, g.cmd.Stderr = words, words
	g.Begun = time.Now()
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("guest: %w; make qemu-test installs it", err)
	}
	go func() {
		g.err = g.cmd.Wait()
		close(g.done)
	}()
	return g, nil
}

// Kill cuts the power. It may be called again.
func (g *Guest) Kill() {
	_ = g.cmd.Process.Kill()
	<-g.done
}

func (g *Guest) on() bool {
	select {
	case <-g.done:
		return false
	default:
		return true
	}
}

// Off waits for the guest to switch itself off, or to restart where it may not.
func (g *Guest) Off(within time.Duration) error {
	select {
	case <-g.done:
		return nil
	case <-time.After(within):
		return fmt.Errorf("guest: still on after %v\n%s", within, g.Words())
	}
}

// Console is what the kernel has said, Panel's picture on the second console not included.
func (g *Guest) Console() string { return read(filepath.Join(g.dir, consoleLog)) }

// Screen is all that the phone has drawn on the console that make qemu shows, with the
// terminal's control sequences in it.
func (g *Guest) Screen() string { return read(filepath.Join(g.dir, panelLog)) }

// Words are what to read when something went wrong.
func (g *Guest) Words() string {
	return tail(read(filepath.Join(g.dir, "qemu.log"))) + tail(g.Console())
}

// Panel connects to the phone's panel as soon as it answers.
func (g *Guest) Panel(within time.Duration) (*panel.Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		try, stop := context.WithTimeout(ctx, time.Second)
		c, err := panel.Dial(try, GuestAddr+":"+panelPort, panelToken)
		stop()
		if err == nil {
			return c, nil
		}
		select {
		case <-g.done:
			return nil, fmt.Errorf("guest: QEMU ended: %v\n%s", g.err, g.Words())
		case <-ctx.Done():
			return nil, fmt.Errorf("guest: no panel within %v: %w\n%s", within, err, g.Words())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// ErrLess is wrapped where this machine lacks what a guest needs.
var ErrLess = errors.New("this machine cannot have a guest")

func read(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}

func tail(s string) string {
	const enough = 4000
	if len(s) > enough {
		s = "… " + s[len(s)-enough:]
	}
	return strings.TrimSpace(s) + "\n"
}

// run runs a program of this machine to its end.
func run(program string, args ...string) (string, error) {
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("guest: %s %s: %w: %s", program, strings.Join(args, " "), err, tail(string(out)))
	}
	return string(out), nil
}
