package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A computer has a system disk with a mounted root, an encrypted disk, a swap disk, a spare
// one, a card reader with a card and one without, a card in a slot of the board, and a stick that somebody mounted.
func computer(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	put := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	disk := func(at, number, sectors string, parts ...string) {
		t.Helper()
		at = "sys/devices/" + at
		name := filepath.Base(at)
		put(at+"/dev", number)
		put(at+"/size", sectors)
		put(at+"/ro", "0")
		put(at+"/removable", "0")
		put(at+"/queue/rotational", "0")
		link := func(number, to string) {
			from := filepath.Join(root, "sys/dev/block", number)
			if err := os.MkdirAll(filepath.Dir(from), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(root, to), from); err != nil {
				t.Fatal(err)
			}
		}
		link(number, at)
		for i, p := range parts {
			n := string(rune('1' + i))
			sep := ""
			if strings.HasPrefix(name, "mmcblk") || strings.HasPrefix(name, "nvme") {
				sep = "p"
			}
			part := at + "/" + name + sep + n
			put(part+"/partition", n)
			put(part+"/dev", p)
			link(p, part)
		}
	}
	disk("pci0/nvme/nvme0n1", "259:0", "1000215216", "259:1", "259:2")
	disk("pci0/ata1/block/sda", "8:0", "1000215216", "8:1")
	put("sys/devices/pci0/ata1/block/sda/sda1/holders/dm-0/dev", "254:0")
	disk("pci0/ata2/block/sdb", "8:16", "1000215216", "8:17")
	disk("pci0/ata3/block/sdc", "8:32", "1000215216", "8:33")
	put("sys/devices/pci0/ata3/block/sdc/device/model", "OLD DISK")
	disk("pci0/usb1/1-2/block/sdd", "8:48", "62333952", "8:49")
	put("sys/devices/pci0/usb1/1-2/block/sdd/removable", "1")
	put("sys/devices/pci0/usb1/1-2/block/sdd/device/vendor", "Generic ")
	put("sys/devices/pci0/usb1/1-2/block/sdd/device/model", "SD/MMC")
	disk("pci0/usb1/1-3/block/sde", "8:64", "0")
	put("sys/devices/pci0/usb1/1-3/block/sde/removable", "1")
	disk("platform/mmc_host/mmc0/mmc0:1234/block/mmcblk0", "179:0", "31116288", "179:1")
	put("sys/devices/platform/mmc_host/mmc0/mmc0:1234/block/mmcblk0/ro", "1")
	put("sys/devices/platform/mmc_host/mmc0/mmc0:1234/block/mmcblk0/device/name", "SD16G")
	disk("pci0/usb1/1-4/block/sdf", "8:80", "62333952", "8:81", "8:82")
	disk("pci0/usb1/1-5/block/sdg", "8:96", "100000")
	put("proc/swaps", "Filename Type Size Used Priority\n/dev/sdb1   partition 1 0 -2")
	put("proc/self/mountinfo", `24 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
25 24 259:1 / /boot/efi rw - vfat /dev/nvme0n1p1 rw
30 24 0:44 /@home /media/100% rw,relatime shared:9 - btrfs /dev/sdf2 rw,space_cache
31 24 0:5 / /proc rw - proc proc rw`)
	return root
}

func TestRefusal(t *testing.T) {
	root := computer(t)
	const image = 512 << 20
	for _, c := range []struct {
		major, minor uint32
		name         string
		refusal      string // begins with; "": it is written to
		forced       string // the same with force
	}{
		{259, 0, "nvme0n1", "/dev/nvme0n1 is in use (/boot/efi is on nvme0n1p1, / is on nvme0n1p2)", "/dev/nvme0n1 is in use"},
		{259, 2, "nvme0n1p2", "/dev/nvme0n1p2 is a partition; the image is for a whole card, /dev/nvme0n1", "/dev/nvme0n1p2 is a part"},
		{8, 0, "sda", "/dev/sda is in use (sda1 is in dm-0)", "/dev/sda is in use"},
		{8, 16, "sdb", "/dev/sdb is in use (sdb1 is swap)", "/dev/sdb is in use"},
		{8, 32, "sdc", "/dev/sdc is a disk (OLD DISK) of 512.1 GB, and no card nor stick; FORCE=1", ""},
		{8, 48, "sdd", "", ""},
		{8, 49, "sdd1", "/dev/sdd1 is a partition; the image is for a whole card, /dev/sdd", "/dev/sdd1 is a part"},
		{8, 64, "sde", "there is no card in /dev/sde", "there is no card"},
		{179, 0, "mmcblk0", "/dev/mmcblk0 cannot be written; a card has a switch", "/dev/mmcblk0 cannot"},
		{8, 80, "sdf", "/dev/sdf is in use (/media/100% is on sdf2)", "/dev/sdf is in use"},
		{8, 96, "sdg", "/dev/sdg has 48 MB, and the image 512 MB", "/dev/sdg has 48"},
	} {
		d, err := look(root, c.major, c.minor)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.name != c.name {
			t.Errorf("%d:%d is %s, want %s", c.major, c.minor, d.name, c.name)
		}
		for _, want := range []struct {
			words string
			force bool
		}{{c.refusal, false}, {c.forced, true}} {
			got := d.refusal(image, want.force)
			if !strings.HasPrefix(got, want.words) || (got == "") != (want.words == "") {
				t.Errorf("%s, force %t: %q, want %q", c.name, want.force, got, want.words)
			}
		}
	}
	if _, err := look(root, 7, 7); err == nil {
		t.Error("a disk that the kernel does not know is looked at")
	}
}

func TestAbout(t *testing.T) {
	root := computer(t)
	for _, c := range []struct {
		major, minor uint32
		want         string
	}{
		{8, 48, "a disk on USB (Generic SD/MMC) of 31.9 GB"},
		{179, 0, "a card (SD16G) of 15.9 GB"},
		{8, 0, "a disk of 512.1 GB"},
	} {
		d, err := look(root, c.major, c.minor)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.about(); got != c.want {
			t.Errorf("%d:%d is %q, want %q", c.major, c.minor, got, c.want)
		}
	}
}
