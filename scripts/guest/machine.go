package guest

import (
	"fmt"
	"path/filepath"
)

const (
	deviceTree = "bcm2837-rpi-3-b.dtb"
	consoleLog = "console.log"
	panelLog   = "panel.log"
	// Cable is the network device at this machine's end of the cable.
	cable = "offhook0"
	// quiet words of the kernel cost time on an emulated serial line.
	quiet = "quiet loglevel=3 panic=10"
)

// arguments are QEMU's, for a machine whose kernel and consoles are in dir. They are those of
// scripts/qemu.sh but for the network, the consoles, which are files, and virt's sound card,
// the kernel's loopback.
func (o Options) arguments(dir, card string) ([]string, error) {
	in := func(name string) string { return filepath.Join(dir, name) }
	net := "tap,id=net,ifname=" + cable + ",script=no,downscript=no"
	if o.DHCP {
		net = "user,id=net,restrict=on"
	}
	all := []string{"-kernel", in("kernel8.img"), "-initrd", in("initrd.img"), "-display", "none", "-monitor", "none", "-netdev", net}
	if !o.Reboots {
		all = append(all, "-no-reboot")
	}
	words := quiet
	switch o.Machine {
	case "", "virt":
		words = "console=ttyAMA0 " + words + " systemd.wants=offhook-panel@hvc0.service modules_load=snd-aloop"
		drive := []string{"-drive", "if=none,id=card,format=raw,file=" + card}
		if o.Writes != "" {
			drive = []string{"-blockdev", "driver=file,node-name=file,filename=" + card, "-blockdev", "driver=file,node-name=log,filename=" + o.Writes,
				"-blockdev", "driver=blklogwrites,node-name=card,file=file,log=log"}
		}
		all = append(append(all, drive...), "-M", "virt", "-cpu", "cortex-a53", "-smp", "2", "-m", "512",
			"-device", "virtio-blk-pci,drive=card",
			"-device", "virtio-net-pci,netdev=net,romfile=,mac="+mac, "-device", "virtio-rng-pci",
			"-serial", "file:"+in(consoleLog), "-device", "virtio-serial-pci",
			"-chardev", "file,id=panel,path="+in(panelLog), "-device", "virtconsole,chardev=panel")
	case "raspi3b":
		// QEMU's BCM2835 resets at once when its watchdog is started (hw/misc/bcm2835_powermgt.c), and
		// has no HDMI for the driver of it, which waits for that.
		words = "console=ttyS1 " + words + " nr_cpus=2 modprobe.blacklist=vchiq,snd_bcm2835,bcm2835_wdt,vc4 modules_load=snd-aloop"
		// Two of its four processors, as virt has: four got nowhere on two busy ones. Its USB at
		// full speed interrupts a thousand times a second, at high speed eight thousand times.
		all = append(all, "-M", "raspi3b", "-global", "bcm2837.enabled-cpus=2", "-global", "dwc2-usb.usb_version=1", "-dtb", in(deviceTree),
			"-drive", "if=sd,format=raw,file="+card, "-device", "usb-net,netdev=net,mac="+mac,
			"-serial", "file:"+in(panelLog), "-serial", "file:"+in(consoleLog))
	default:
		return nil, fmt.Errorf("guest: there is virt and raspi3b, no %q", o.Machine)
	}
	if o.Append != "" {
		words += " " + o.Append
	}
	return append(append(all, "-append", words), o.Devices...), nil
}

// mac is the guest's end of the cable.
const mac = "52:54:00:0f:f0:0c"
