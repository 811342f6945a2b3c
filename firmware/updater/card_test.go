package updater

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/offhook/offhook/firmware/slots"
)

func TestFindCard(t *testing.T) {
	for disk, parts := range map[string]string{"mmcblk0": "mmcblk0p", "sda": "sda", "vda": "vda", "nvme0n1": "nvme0n1p"} {
		root := t.TempDir()
		if _, err := FindCard(root); !errors.Is(err, ErrNoCard) {
			t.Errorf("nothing: %v", err)
		}
		by := filepath.Join(root, "dev/disk/by-partuuid")
		os.MkdirAll(by, 0o755)
		for _, n := range []string{"1", "2", "3"} {
			os.WriteFile(filepath.Join(root, "dev", parts+n), nil, 0o600)
			os.Symlink("../../"+parts+n, filepath.Join(by, "0ff400cc-0"+n))
		}
		c, err := FindCard(root)
		dev, _ := filepath.EvalSymlinks(filepath.Join(root, "dev"))
		if err != nil || c.Disk != filepath.Join(dev, disk) || c.Root[slots.A] != filepath.Join(dev, parts+"2") || c.Root[slots.B] != filepath.Join(dev, parts+"3") {
			t.Errorf("%s: %+v, %v", disk, c, err)
		}
	}
}

func TestRunning(t *testing.T) {
	for environ, want := range map[string]slots.Slot{"A=1\x00OFFHOOK_SLOT=b\x00": slots.B, "OFFHOOK_SLOT=a\x00": slots.A, "": slots.A, "XOFFHOOK_SLOT=b": slots.A} {
		if got := Running([]byte(environ)); got != want {
			t.Errorf("%q: %v", environ, got)
		}
	}
}

// A volume is never longer than it was, and a card that is locked can still be read.
func TestVolumes(t *testing.T) {
	p := newPlace(t)
	v, err := p.Open("a/cmdline.txt")
	if err != nil || v.Size() != 512 {
		t.Fatalf("%v", err)
	}
	defer v.Close()
	if _, err := v.WriteAt([]byte("ab"), 511); err == nil {
		t.Error("it is longer now")
	}
	if _, err := v.WriteAt([]byte("b"), 511); err != nil || v.Sync() != nil {
		t.Errorf("%v", err)
	}
	if b := make([]byte, 1); func() error { _, err := v.ReadAt(b, 511); return err }() != nil || b[0] != 'b' {
		t.Errorf("%q", b)
	}
	if r, err := p.Open("record"); err != nil || r.Size() != gap {
		t.Errorf("%v", err)
	} else {
		r.Close()
	}
	if _, err := p.Open("a/none.dtb"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := v.ReadAt(make([]byte, 1), 512); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}

func TestUevents(t *testing.T) {
	const added = "add@/devices/pci0000:00/usb1/1-1/block/sda/sda1\x00ACTION=add\x00DEVPATH=/devices/pci0000:00/usb1/1-1/block/sda/sda1\x00SUBSYSTEM=block\x00DEVNAME=sda1\x00"
	for message, want := range map[string]*change{
		added: {"sda1", true, true},
		"remove@/devices/x\x00ACTION=remove\x00DEVPATH=/devices/x\x00SUBSYSTEM=block\x00DEVNAME=mmcblk0p1\x00": {"mmcblk0p1", false, false},
		"add@/x\x00ACTION=add\x00SUBSYSTEM=net\x00DEVNAME=eth0\x00":                                            nil,
		"change@/x\x00ACTION=change\x00SUBSYSTEM=block\x00DEVNAME=sda\x00":                                     nil,
		"add@/x\x00ACTION=add\x00SUBSYSTEM=block\x00DEVNAME=../mem\x00":                                        nil,
		"libudev\x00": nil,
		"":            nil,
		added[:10]:    nil,
		added[5:]:     nil,
	} {
		got, ok := changeOf([]byte(message))
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("%q: %+v, %v", message, got, ok)
		}
	}
}

func FuzzUevents(f *testing.F) {
	f.Add([]byte("add@/x\x00ACTION=add\x00SUBSYSTEM=block\x00DEVNAME=sda1\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, ok := changeOf(b); ok && filepath.Join("/dev", c.name) != "/dev/"+c.name {
			t.Errorf("%q", c.name)
		}
	})
}

// A stick with a thousand pictures on it has the update wherever that stands among them.
func TestBundleAmongManyFiles(t *testing.T) {
	dir := t.TempDir()
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IMG_%04d.JPG", i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if i == 10 || i == 500 || i == 990 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("v%d.update", i)), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := bundlesIn(dir); len(got) != 3 || filepath.Base(got[2]) != "v990.update" {
		t.Errorf("%q", got)
	}
}

func TestBundlesIn(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"b.update", "A.UPDATE", ".hidden.update", "x.txt", "update"} {
		os.WriteFile(filepath.Join(dir, n), nil, 0o600)
	}
	for i := range 2 * maxFound {
		os.WriteFile(filepath.Join(dir, "c"+string(rune('a'+i))+".update"), nil, 0o600)
	}
	got := bundlesIn(dir)
	if len(got) != maxFound || filepath.Base(got[0]) != "A.UPDATE" || filepath.Base(got[1]) != "b.update" {
		t.Errorf("%q", got)
	}
	if bundlesIn(filepath.Join(dir, "none")) != nil {
		t.Error("in a folder that is not there")
	}
}
