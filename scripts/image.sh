#!/usr/bin/env bash
# Makes the SD card image out of Debian's packages, without loop mounts and without running
# anything foreign: bin/image/offhook.img, and with -x its .xz.
#
#   scripts/image.sh [-x | -q]
#
# -q is for a quick look in QEMU: less compressed, and not made again of the same sources.
# What is in it, from the outside in (docs/decisions/0021-the-card.md):
#   the gap     the record of the root slots, in two copies (firmware/slots)
#   1  FAT      the board's own firmware, a/ with the kernel and initrd of slot A, b/, offhook.toml
#   2, 3        root slots A, a squashfs, and B, empty until the first update
#   4  ext4     call log, settings made on the phone, the time of the last shutdown
set -euo pipefail
cd "$(dirname "$0")/.."

xz="" quick=""
case ${1:-} in -x) xz=yes ;; -q) quick=yes SQUASH_LEVEL=1 ;; esac
here=scripts/image
out=bin/image
version=$(scripts/version.sh)
SOURCE_DATE_EPOCH=$(scripts/version.sh time)
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
say() { printf '%s\n' "$*" >&2; }

# Who signs updates, and whom the phone takes them from. The key in this tree is known to all:
# what OFFHOOK_RELEASE=1 makes refuses it (openssl genpkey -algorithm ed25519; pkey -pubout).
update_key=${UPDATE_KEY:-scripts/keys/development.key} update_pub=${UPDATE_PUB:-scripts/keys/development.pub}
bundle() { GOFLAGS="-trimpath -buildvcs=false" CGO_ENABLED=0 go run ./scripts/bundle "$@"; }
bundle keys "$update_key" "$update_pub" ${OFFHOOK_RELEASE:+scripts/keys/development.pub}

# What the image is made of, but for Debian's packages.
sources=$({ find scripts/image* scripts/module.sh scripts/keys scripts/bundle firmware/initrd firmware/slots firmware/bundle firmware/install firmware/config/offhook.toml bin/offhook-linux-arm64 -type f -print0 | sort -z |
	xargs -0 sha256sum; find scripts/image -type l -printf '%p %l\n'; } | sha256sum)
if [ -n "$quick" ] && [ -e "$out/offhook.img" ] && [ "$sources" = "$(cat "$out/sources" 2>/dev/null)" ]; then
	say "$out/offhook.img is of these sources already."
	exit 0
fi
mkdir -p "$out"
# What a former run left half made is made anew; downloads are kept.
rm -rf "$out/root" "$out/kernel" "$out/initrd" "$out/boot" "$out/data" "$out/sources" "$out/parts"

# A package manager of its own for the board's architecture: it only resolves and downloads.
apt_dir=$PWD/$out/apt
mkdir -p "$apt_dir"/{etc/apt.conf.d,etc/preferences.d,state/lists/partial,cache/archives/partial}
: >"$apt_dir/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=$(sed -nE 's/^(URIs:|deb) *(\[[^]]*\])? *(http[^ ]*debian)\/? *.*/\3/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -1 || true)
for suite in bookworm bookworm-updates bookworm-security; do
	base=${mirror:-http://deb.debian.org/debian}
	case $suite in *-security) base=${base%/debian}/debian-security ;; esac
	echo "deb [signed-by=$keyring] $base $suite main non-free-firmware"
done >"$apt_dir/sources.list"
cat >"$apt_dir/apt.conf" <<C
APT::Architecture "arm64"; APT::Architectures {"arm64";};
APT::Install-Recommends "false"; APT::Sandbox::User "root";
Dir::Etc "$apt_dir/etc"; Dir::Etc::sourcelist "$apt_dir/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::State "$apt_dir/state"; Dir::State::status "$apt_dir/status"; Dir::Cache "$apt_dir/cache";
C
foreign() { APT_CONFIG=$apt_dir/apt.conf "$@"; }

fetch() { # the root's packages with what they depend on; the kernel's and the firmware's alone
	local day=$apt_dir/fetched
	if [ -z "$(find "$day" -mtime -1 2>/dev/null)" ] || [ "$here/packages" -nt "$day" ] || ! ls "$apt_dir"/cache/{alsa-utils,linux-headers}*.deb >/dev/null 2>&1; then
		say "Fetching Debian's packages for arm64, once a day."
		foreign apt-get -qq update
		wanted=$(grep -v '^[#-]' "$here/packages" | tr '\n' ' ')
		# shellcheck disable=SC2086 # the packages are words
		foreign apt-get -qq -y --download-only install $wanted >/dev/null
		kernel=$(foreign apt-cache depends linux-image-arm64 | sed -n 's/.*Depends: \(linux-image-[0-9].*-arm64\)$/\1/p' | head -1 || true)
		(cd "$apt_dir/cache" && rm -f linux-image-*.deb linux-headers-*.deb raspi-firmware_*.deb alsa-utils_*.deb &&
			foreign apt-get -qq download "$kernel" "${kernel/image/headers}" "$(echo "${kernel/image/headers}" | sed 's/arm64$/common/')" raspi-firmware alsa-utils >/dev/null) # the last for make qemu-test alone
		touch "$day"
	fi
}

unpack() { # the root file system
	local skip deb name root=$out/root
	skip=" $(sed -n 's/^-//p' "$here/packages" | tr '\n' ' ' | sed 's/ -/ /g') "
	mkdir -p "$root"/usr/{bin,sbin,lib} && for d in bin sbin lib; do ln -s "usr/$d" "$root/$d"; done
	for deb in "$apt_dir"/cache/archives/*.deb; do
		name=${deb##*/} name=${name%%_*}
		case $skip in *" $name "*) continue ;; esac
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink \
			--exclude './usr/share/man/*' --exclude './usr/share/locale/*' --exclude './usr/share/info/*' \
			--exclude './usr/share/doc/*/*[!t]' --exclude './usr/share/lintian/*' --exclude './usr/share/bash-completion/*' \
			--exclude './usr/share/zsh/*' --exclude './*lib/udev/hwdb.d/*' --exclude './usr/lib/aarch64-linux-gnu/gconv/*' \
			--exclude './usr/share/zoneinfo/right/*' --exclude './usr/share/zoneinfo/posix/*' --exclude './usr/lib/aarch64-linux-gnu/perl*'
		printf '%s\n' "$deb"
	done >"$out/debs"
	deb=$(ls "$apt_dir"/cache/archives/firmware-brcm80211_*.deb)
	printf '%s\n' "$deb" "$apt_dir"/cache/linux-image-*.deb "$apt_dir"/cache/raspi-firmware_*.deb >>"$out/debs"
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --wildcards './lib/firmware/brcm/brcmfmac434[35]*' './lib/firmware/cypress/*434[35]*' './usr/share/doc/*/copyright'
	# Zero 2 W: boards whose chip is of revision 1 can do with a Pi 3's settings of it, which Debian gives
	# to the first Zero alone; the firmware of revision 2 is not in Debian (docs/hardware/README.md).
	ln -s brcmfmac43430-sdio.raspberrypi,3-model-b.txt "$root/lib/firmware/brcm/brcmfmac43430-sdio.raspberrypi,model-zero-2-w.txt"
}

settle() { # what the packages' own scripts would do
	local root=$out/root unit
	cp -r "$here/root/." "$root/"
	(cd "$here/root" && find . -mindepth 1 -print0) | (cd "$root" && xargs -0 chmod u=rwX,go=rX) # whatever this tree's mask was
	for d in boot/firmware data dev proc sys run tmp root var/lib/systemd/timesync var/log var/tmp etc/ssl/certs; do mkdir -p "$root/$d"; done
	chmod 700 "$root/root" && chmod 1777 "$root/tmp" "$root/var/tmp" && chmod 640 "$root/etc/shadow"
	rm -rf "$root/var/run" "$root/var/lock" # base-files has folders there
	ln -sfn /run "$root/var/run" && ln -sfn /run/lock "$root/var/lock"
	[ -e "$root/bin/sh" ] || ln -s dash "$root/bin/sh"
	ln -sfn /run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
	ln -sfn /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"
	printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files mdns4_minimal [NOTFOUND=return] resolve dns\n' | sed 's/mdns4_minimal \[NOTFOUND=return\] //' >"$root/etc/nsswitch.conf"
	cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
	for f in regulatory.db regulatory.db.p7s; do # of Debian's two choices, that which Debian's kernel trusts
		ln -sfn "$f-debian" "$root/usr/lib/firmware/$f"
	done
	: >"$root/etc/machine-id" # a new one at each boot: nothing of ours hangs on it
	echo "$SOURCE_DATE_EPOCH" >"$root/usr/lib/clock-epoch"
	touch -d "@$SOURCE_DATE_EPOCH" "$root/usr/lib/clock-epoch"
	printf 'PRETTY_NAME="Offhook %s"\nNAME=Offhook\nID=offhook\nID_LIKE=debian\nVERSION="%s"\n' "$version" "$version" >"$root/usr/lib/os-release"
	ldconfig -r "$root" 2>/dev/null || true
	rm -rf "$root/var/cache/ldconfig" # has times and inodes of this machine
	enable() { mkdir -p "$root/etc/systemd/system/$2" && ln -sfn "$3" "$root/etc/systemd/system/$2/$1"; }
	for unit in systemd-networkd systemd-resolved systemd-timesyncd; do
		enable "$unit.service" multi-user.target.wants "/lib/systemd/system/$unit.service"
	done
	ln -sfn /lib/systemd/system/systemd-resolved.service "$root/etc/systemd/system/dbus-org.freedesktop.resolve1.service"
	for unit in offhook offhook-system offhook-grow offhook-ssh offhook-update offhook-trial; do enable "$unit.service" multi-user.target.wants "../$unit.service"; done
	enable offhook-wifi.service sys-subsystem-net-devices-wlan0.device.wants ../offhook-wifi.service
	enable offhook-report.socket sockets.target.wants ../offhook-report.socket
	enable offhook-panel@tty1.service multi-user.target.wants ../offhook-panel@.service
	enable tmp.mount local-fs.target.wants ../tmp.mount
	enable var-lib-systemd-timesync.mount multi-user.target.wants ../var-lib-systemd-timesync.mount
	ln -sfn /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
	# What udev asks itself of each device of other computers.
	for f in "$root"/usr/lib/udev/rules.d/*; do
		case ${f##*/} in
		50-firmware.rules | 50-udev-default.rules | 60-block.rules | 60-persistent-alsa.rules | 60-persistent-storage.rules) ;;
		73-special-net-names.rules | 75-net-description.rules | 78-sound-card.rules | 80-drivers.rules | 80-net-setup-link.rules | 99-systemd.rules) ;;
		*) rm "$f" ;;
		esac
	done
	# What makes units of kernel words and files that this card has none of.
	find "$root"/usr/lib/systemd/system-generators -type f ! -name systemd-debug-generator -delete
	# No log-in, no update of what is read only, nothing that a phone does not need.
	for unit in getty@.service serial-getty@.service console-getty.service autovt@.service systemd-firstboot.service \
		systemd-sysusers.service systemd-hwdb-update.service systemd-update-done.service ldconfig.service systemd-pcrphase.service \
		systemd-pcrphase-sysinit.service systemd-machine-id-commit.service e2scrub_reap.service e2scrub_all.timer dpkg-db-backup.timer \
		apt-daily.timer systemd-networkd-wait-online.service sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount \
		dev-mqueue.mount systemd-rfkill.service systemd-rfkill.socket systemd-update-utmp.service systemd-update-utmp-runlevel.service \
		systemd-ask-password-wall.path systemd-ask-password-console.path systemd-user-sessions.service systemd-logind.service \
		systemd-pstore.service systemd-journal-catalog-update.service proc-sys-fs-binfmt_misc.automount fstrim.timer wpa_supplicant.service \
		kmod-static-nodes.service systemd-tmpfiles-setup-dev.service systemd-remount-fs.service systemd-repart.service systemd-binfmt.service \
		systemd-random-seed.service systemd-journal-flush.service systemd-sysctl.service sys-fs-fuse-connections.mount sys-kernel-config.mount \
		systemd-initctl.socket systemd-journald-audit.socket getty.target; do
		ln -sfn /dev/null "$root/etc/systemd/system/$unit"
	done
	install -m 755 bin/offhook-linux-arm64 "$root/usr/bin/offhook"
	install -D -m 644 "$update_pub" "$root/usr/share/offhook/update.pub"
}

licenses() { # of all that is on the card, and what it was made with
	local doc=$out/root/usr/share/doc deb
	for deb in "$apt_dir"/cache/linux-image-*.deb "$apt_dir"/cache/raspi-firmware_*.deb; do # nothing else of theirs is in the root
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$out/root" --keep-directory-symlink --wildcards './usr/share/doc/*/copyright'
	done
	GOFLAGS="-trimpath -buildvcs=false -tags=nolibopusfile" go run ./scripts/licenses -debs "$out/debs" -root "$out/root" >&2
	mkdir -p "$doc/offhook"
	install -m 644 LICENSE bin/licenses/BINARY bin/licenses/SOURCES "$doc/offhook/"
	scripts/toolchain.sh arm64 image >"$doc/offhook/built-with"
}

kernel() { # the kernel, the drivers that we name with all that they need, the initrd
	local deb k=$out/kernel list
	deb=$(ls "$apt_dir"/cache/linux-image-*.deb)
	mkdir -p "$k"
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$k"
	release=$(basename "$k"/lib/modules/*)
	scripts/module.sh "$apt_dir/cache" "$release" "$k/lib/modules/$release/updates/offhook_tryboot.ko" scripts/image/tryboot/offhook_tryboot.c
	depmod -b "$k" "$release"
	mods() { # the files of drivers, those first that others need
		local name
		for name in "$@"; do
			modprobe -d "$PWD/$k" -S "$release" --show-depends "$name" 2>/dev/null || say "image: the kernel has no driver $name"
		done | sed -n 's/^insmod //p' | sed "s|.*/lib/modules/|lib/modules/|" | awk '!seen[$0]++'
	}
	# shellcheck disable=SC2046 # the names are words
	list=$(mods $(sed -n 's/^initrd //p' "$here/modules"))
	mkdir -p "$out/initrd"
	for f in $list; do
		install -D -m 644 "$k/$f" "$out/initrd/$f" && echo "/$f"
	done >"$out/initrd/modules.list"
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 GOFLAGS="-trimpath -buildvcs=false" go build -ldflags '-s -w -buildid=' -o "$out/initrd/init" ./firmware/initrd
	# shellcheck disable=SC2046
	for f in $(mods $(sed '/^#/d; s/^initrd //' "$here/modules")); do
		install -D -m 644 "$k/$f" "$out/root/usr/$f"
	done
	cp "$k/lib/modules/$release/"modules.{builtin,builtin.modinfo,order} "$out/root/usr/lib/modules/$release/"
	depmod -b "$out/root/usr" "$release" 2>/dev/null || depmod -b "$out/root" "$release"
	(cd "$out/initrd" && mkdir -p dev proc sys && find . -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} + && find . -print0 | sort -z |
		cpio --quiet -0 -o -H newc --reproducible -R 0:0 | gzip -9n) >"$out/initrd.img"
}

boot() { # what goes onto the FAT partition
	local b=$out/boot f
	mkdir -p "$b/a"
	dpkg-deb --fsys-tarfile "$apt_dir"/cache/raspi-firmware_*.deb | tar -x -C "$b" --strip-components=4 ./usr/lib/raspi-firmware
	rm -f "$b"/*_db.elf "$b"/*4db.elf "$b"/*_x.elf "$b"/*4x.elf "$b"/fixup*_db.dat "$b"/fixup4db.dat "$b"/fixup*_x.dat "$b"/fixup4x.dat "$b"/*_cd.* "$b"/*4cd.* 
	gzip -9n <"$out"/kernel/boot/vmlinuz-* >"$b/a/kernel8.img"
	cp "$out/initrd.img" "$b/a/initrd.img"
	cp "$out"/kernel/usr/lib/linux-image-*/broadcom/bcm2{711,837}-rpi-*.dtb "$b/a/"
	for f in "$b"/a/bcm2837-rpi-*.dtb; do # the board's firmware asks for Raspberry Pi's names
		cp "$f" "$b/a/bcm2710${f##*/bcm2837}"
	done
	cp "$here/config.txt" "$b/config.txt"
	cp "$here/cmdline.txt" "$b/a/cmdline.txt"
	# Updates write in place: files keep their length, b/ is empty, tryboot.txt takes any config.txt.
	cp -r "$b/a" "$out/parts" && bundle fill "$b/a" "$b/b"
	printf '%4096s' "" >"$b/tryboot.txt"
	scripts/card-settings.sh >"$b/offhook.toml"
	# As long as a report may be (firmware/updater.ReportRoom).
	head -c 262144 < <(echo "No report yet: Menu > Save report, on the phone, writes one here." && yes "") >"$b/report.txt"
}

assemble() { # the partitions, then the card
	local img=$out/offhook.img mib=$((1024 * 1024)) fat=128 slot=96 all=512
	find "$out/root" -print0 | xargs -0 touch -h -d "@$SOURCE_DATE_EPOCH"
	rm -f "$out/root.squashfs"
	# Each small file by itself: a start reads a thousand of them, here and there.
	mksquashfs "$out/root" "$out/root.squashfs" -quiet -no-progress -noappend -all-root -comp zstd -Xcompression-level "${SQUASH_LEVEL:-19}" -b 128K -no-fragments >/dev/null
	[ "$(stat -c %s "$out/root.squashfs")" -le $((slot * mib)) ] || { say "image: the root is too large for its slot"; exit 1; }
	rm -f "$out/fat.img" "$out/data.img" "$img"
	truncate -s ${fat}M "$out/fat.img"
	mkfs.vfat --invariant -F 32 -n OFFHOOK -i 0ff400cc "$out/fat.img" >/dev/null
	# In the order of names: a folder copied whole goes in the order of this machine's file system.
	(cd "$out/boot" && find . -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} + &&
		find . -mindepth 1 -type d | sort | sed 's,^\.,::,' | xargs mmd -i ../fat.img &&
		for d in $(find . -type d | sort); do
			find "$d" -maxdepth 1 -type f -print0 | sort -z | xargs -0 sh -c 'to=$1 && shift && mcopy -m -i ../fat.img "$@" "$to"' sh "::/${d#.}"
		done)
	mkdir -p "$out/data" && touch -d "@$SOURCE_DATE_EPOCH" "$out/data"
	truncate -s $((all - 4 - fat - 2 * slot))M "$out/data.img"
	# Without checksums of its own: a superblock of which a cut left one of its two sectors unwritten is
	# mended by the journal, but with a checksum nobody would look at the journal any more.
	E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mkfs.ext4 -q -O ^metadata_csum -d "$out/data" -L data -U 0ff400cc-0000-4000-8000-000000000004 \
		-E hash_seed=0ff400cc-0000-4000-8000-000000000005,lazy_itable_init=0,root_owner=0:0 -m 1 "$out/data.img"
	truncate -s ${all}M "$img"
	sfdisk -q "$img" <<-T
		label: dos
		label-id: 0x0ff400cc
		start=4MiB, size=${fat}MiB, type=c, bootable
		size=${slot}MiB, type=83
		size=${slot}MiB, type=83
		size=$((all - 4 - fat - 2 * slot))MiB, type=83
	T
	put() { dd if="$1" of="$img" bs=1M seek="$2" conv=notrunc,sparse status=none; }
	put "$out/fat.img" 4
	put "$out/root.squashfs" $((4 + fat))
	put "$out/data.img" $((4 + fat + 2 * slot))
	if [ -n "$xz" ]; then
		xz -T2 -6 -c "$img" >"$out/offhook-$version-arm64.img.xz"
		say "$out/offhook-$version-arm64.img.xz: $(du -h --apparent-size "$out/offhook-$version-arm64.img.xz" | cut -f1)"
	fi
	say "$img: root $(du -h --apparent-size "$out/root.squashfs" | cut -f1)"
}

update() { # the same system as a file that updates another card
	bundle make -version "$version" -built "$SOURCE_DATE_EPOCH" -board arm64 -kernel "$release" -boot "$out/parts" \
		-root "$out/root.squashfs" -key "$update_key" "$out/offhook-$version-arm64.update"
	say "$out/offhook-$version-arm64.update: $(du -h --apparent-size "$out/offhook-$version-arm64.update" | cut -f1)"
}

step() { local begun=$SECONDS; "$@"; say "  $1: $((SECONDS - begun)) s"; }
step fetch
step unpack
step settle
step licenses
step kernel
step boot
step assemble
step update
printf '%s\n' "$sources" >"$out/sources"
