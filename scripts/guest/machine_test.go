package guest

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What is different between the machines, and what the options change.
func TestArguments(t *testing.T) {
	for _, c := range []struct {
		name     string
		o        Options
		has, not string
	}{
		{"on the cable", Options{}, "tap,id=net,ifname=offhook0,script=no,downscript=no", "user,id=net,restrict=on"},
		{"DHCP", Options{DHCP: true}, "user,id=net,restrict=on", "tap,id=net,ifname=offhook0,script=no,downscript=no"},
		{"a restart ends it", Options{}, "-no-reboot", "raspi3b"},
		{"a restart does not", Options{Reboots: true}, "virt", "-no-reboot"},
		{"a Pi 3", Options{Machine: "raspi3b"}, "/run/bcm2837-rpi-3-b.dtb", "virt"},
		{"its card", Options{Machine: "raspi3b"}, "if=sd,format=raw,file=/card.img", "-no-such"},
		{"its card", Options{}, "if=none,id=card,format=raw,file=/card.img", "driver=blklogwrites,node-name=card,file=file,log=log"},
		{"a log of what it writes", Options{Writes: "/writes"}, "driver=blklogwrites,node-name=card,file=file,log=log", "if=none,id=card,format=raw,file=/card.img"},
		{"where the log is", Options{Writes: "/writes"}, "driver=file,node-name=log,filename=/writes", "raspi3b"},
		{"more devices", Options{Devices: []string{"-device", "i6300esb"}}, "i6300esb", "raspi3b"},
	} {
		args, err := c.o.arguments("/run", "/card.img")
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if !slices.Contains(args, c.has) || slices.Contains(args, c.not) {
			t.Errorf("%s: want %q and not %q in %q", c.name, c.has, c.not, args)
		}
	}
	args, err := Options{Append: "panic=0"}.arguments("/run", "/card.img")
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.Index(args, "-append"); !strings.HasSuffix(args[i+1], " panic=0") {
		t.Errorf("the words for the kernel end in %q", args[i+1])
	}
	if _, err := (Options{Machine: "pdp11"}).arguments("/run", "/card.img"); err == nil {
		t.Error("there is a pdp11")
	}
}

func TestExtent(t *testing.T) {
	table := make([]byte, 512)
	for part := 1; part <= DataPart; part++ {
		e := table[446+16*(part-1):]
		binary.LittleEndian.PutUint32(e[8:], uint32(1000*part))
		binary.LittleEndian.PutUint32(e[12:], uint32(10*part))
	}
	c := &Card{Path: filepath.Join(t.TempDir(), "card.img")}
	if err := os.WriteFile(c.Path, table, 0o600); err != nil {
		t.Fatal(err)
	}
	begin, length, err := c.Extent(DataPart)
	if err != nil || begin != 4000*512 || length != 40*512 {
		t.Errorf("%d, %d, %v", begin, length, err)
	}
	if err := os.Truncate(c.Path, 100); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Extent(SlotA); err == nil {
		t.Error("a card without a table has an extent")
	}
}

func TestRunDelay(t *testing.T) {
	for text, want := range map[string]time.Duration{"123 4500000 7\n": 4500 * time.Microsecond, "": -1, "1 2": -1, "a b c": -1} {
		got, ok := runDelay(text)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v", text, got, ok)
		}
	}
}
