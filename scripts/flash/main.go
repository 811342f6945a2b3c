// Command flash writes the SD card image to a card and reads it back. It owns what may be
// written to: a whole disk that nobody uses, and that is a card or a stick unless forced; a
// file stands for a card. What is in the image it refuses to know, but for the place of
// offhook.toml and of the files that that names.
//
//	make flash DEVICE=/dev/sdX [CONFIG=offhook.toml] [FORCE=1] [YES=1]
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

func main() {
	var j job
	flag.StringVar(&j.image, "image", "bin/image/offhook.img", "what to write, an .img or .img.xz `file`")
	flag.StringVar(&j.config, "config", "", "settings `file` to put onto the card as offhook.toml")
	flag.StringVar(&j.offhook, "offhook", "bin/offhook", "the phone's `program`, which checks the settings")
	flag.BoolVar(&j.force, "force", false, "write to a disk, too, that is neither a card nor a stick")
	flag.BoolVar(&j.yes, "yes", false, "do not ask")
	flag.Parse()
	j.in, j.out = os.Stdin, os.Stderr
	err := errors.New("which card? make flash DEVICE=/dev/sdX; lsblk lists them")
	if flag.NArg() == 1 && flag.Arg(0) != "" {
		j.device = flag.Arg(0)
		err = j.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flash:", err)
		os.Exit(1)
	}
}

// A job is one card to write.
type job struct {
	image, config, offhook, device string
	force, yes                     bool

	in  io.Reader
	out io.Writer // what a person is told
}

func (j job) run() error {
	if j.config != "" { // before all else: a card with a mistake on it is found out too late
		check := exec.Command(j.offhook, "check", j.config)
		check.Stdout, check.Stderr = j.out, j.out
		if err := check.Run(); err != nil {
			return fmt.Errorf("%s is not put onto a card as it is (%w)", j.config, err)
		}
	}
	var beside []string
	if j.config != "" {
		var err error
		if beside, err = named(j.config); err != nil {
			return err
		}
	}
	image, err := prepare(j.image, j.config, beside)
	if err != nil {
		return err
	}
	defer image.Close()
	need, err := image.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	card, err := j.open(need)
	if err != nil {
		return err
	}
	defer card.Close()
	if err := write(card, image, need, j.tell("written")); err != nil {
		return err
	}
	if err := verify(card, image, need, j.tell("read back")); err != nil {
		return err
	}
	_ = unix.IoctlSetInt(int(card.Fd()), unix.BLKRRPART, 0) // a file has no partitions to look at
	if err := card.Close(); err != nil {
		return err
	}
	fmt.Fprintf(j.out, "%s is the phone's card now: every byte was read back. Take it out, put it into the board.\n", j.device)
	return nil
}

// open opens what is to be written, once nothing speaks against it.
func (j job) open(need int64) (*os.File, error) {
	var st unix.Stat_t
	switch err := unix.Stat(j.device, &st); {
	case errors.Is(err, unix.ENOENT) && strings.HasPrefix(j.device, "/dev/"):
		return nil, fmt.Errorf("there is no %s; lsblk lists the disks that there are", j.device)
	case errors.Is(err, unix.ENOENT), err == nil && st.Mode&unix.S_IFMT == unix.S_IFREG:
		if !j.force && !blank(j.device) {
			return nil, fmt.Errorf("%s is a file, and no picture of a card; FORCE=1 writes over it all the same", j.device)
		}
		return os.OpenFile(j.device, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", j.device, err)
	case st.Mode&unix.S_IFMT != unix.S_IFBLK:
		return nil, fmt.Errorf("%s is neither a disk nor a file", j.device)
	}
	d, err := look("/", unix.Major(st.Rdev), unix.Minor(st.Rdev))
	if err != nil {
		return nil, err
	}
	if why := d.refusal(need, j.force); why != "" {
		return nil, errors.New(why)
	}
	if !j.yes {
		fmt.Fprintf(j.out, "/dev/%s is %s. All that is on it will be gone. Write to it? Type yes: ", d.name, d.about())
		answer, _ := bufio.NewReader(j.in).ReadString('\n')
		if strings.TrimSpace(answer) != "yes" {
			return nil, errors.New("nothing was written")
		}
	}
	// O_EXCL: the kernel, too, refuses a disk that is in use (open(2)).
	card, err := os.OpenFile(j.device, os.O_RDWR|unix.O_EXCL, 0)
	switch {
	case errors.Is(err, unix.EBUSY):
		return nil, fmt.Errorf("/dev/%s is in use", d.name)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("/dev/%s may be written by root alone: sudo %s", d.name, strings.Join(os.Args, " "))
	}
	return card, err
}

// blank says that a file may become a card: it is not there, or empty, or begins as an empty card
// does or as one with partitions, whose first 512 bytes end with 55 AA.
func blank(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer f.Close()
	first := make([]byte, 512)
	n, err := io.ReadFull(f, first)
	if errors.Is(err, io.EOF) {
		return true // it is empty
	}
	return n == len(first) && (first[510] == 0x55 && first[511] == 0xaa || !bytes.ContainsFunc(first, func(r rune) bool { return r != 0 }))
}

// tell shows how far something has come, on one line.
func (j job) tell(what string) func(done, all int64) {
	shown := int64(-1)
	return func(done, all int64) {
		percent := done * 100 / max(all, 1)
		if percent/10 == shown/10 && shown >= 0 {
			return
		}
		shown = percent
		fmt.Fprintf(j.out, "%s: %d%% of %d MB\n", what, percent, all>>20)
	}
}
