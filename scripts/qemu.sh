#!/usr/bin/env bash
# Boots the image in QEMU, on a copy, with the phone's panel on this terminal.
#
#   scripts/qemu.sh [virt|raspi3b]
#
# The card's offhook.toml is OFFHOOK_TOML, where that names a file, else the image's own.
# The kernel's words go to bin/image/console.log. Ctrl-A X ends the machine.
set -euo pipefail
cd "$(dirname "$0")/../bin/image"

machine=${1:-virt}
[ -e offhook.img ] || { echo "qemu: there is no image; make image makes it" >&2; exit 1; }
[ -t 0 ] || { echo "qemu: the panel needs a terminal" >&2; exit 1; }
cp --sparse=always offhook.img run.img
if [ -n "${OFFHOOK_TOML:-}" ]; then
	mcopy -o -i run.img@@4M "$OFFHOOK_TOML" ::/offhook.toml
fi
rm -rf run && mkdir run
# What a Pi's firmware does: the kernel of the slot that config.txt names.
slot=$(mtype -i run.img@@4M ::/config.txt | sed -n 's,^os_prefix=\([ab]\)/.*,\1,p')
mcopy -i run.img@@4M "::/$slot/kernel8.img" "::/$slot/initrd.img" "::/$slot/bcm2837-rpi-3-b.dtb" run/
gzip -dc <run/kernel8.img >run/kernel

echo "It starts: the phone is here in half a minute, on a Pi 3 in a minute. Ctrl-A, then X, ends it."
# The phone's drawing counts on a line feed that keeps its column, as in the guest.
terminal=$(stty -g)
trap 'stty "$terminal"' EXIT
stty -onlcr

quiet="quiet loglevel=3 panic=10 offhook.slot=$slot"
common=(-kernel run/kernel -initrd run/initrd.img -display none -no-reboot)
case $machine in
virt)
	qemu-system-aarch64 -M virt -cpu cortex-a53 -smp 2 -m 512 "${common[@]}" \
		-append "console=ttyAMA0 $quiet systemd.wants=offhook-panel@hvc0.service" \
		-drive if=none,id=card,file=run.img,format=raw -device virtio-blk-pci,drive=card \
		-netdev user,id=net -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci \
		-serial file:console.log -device virtio-serial-pci -chardev stdio,mux=on,id=panel,signal=off -device virtconsole,chardev=panel -mon panel
	;;
raspi3b) # scripts/guest/machine.go says why; Linux gives its first serial line to Bluetooth
	qemu-system-aarch64 -M raspi3b -global bcm2837.enabled-cpus=2 -global dwc2-usb.usb_version=1 "${common[@]}" -dtb run/bcm2837-rpi-3-b.dtb \
		-append "console=tty3 $quiet nr_cpus=2 modprobe.blacklist=vchiq,snd_bcm2835,bcm2835_wdt,vc4 systemd.wants=offhook-panel@ttyS1.service" \
		-drive if=sd,file=run.img,format=raw -netdev user,id=net -device usb-net,netdev=net \
		-chardev stdio,mux=on,id=panel,signal=off -serial file:console.log -serial chardev:panel -mon panel
	;;
*)
	echo "qemu: there is virt and raspi3b, no $machine" >&2
	exit 1
	;;
esac
