#!/usr/bin/env bash
# Makes the Debian package of a binary that scripts/cross.sh built, for people who have Raspberry Pi
# OS on their card already: bin/offhook_VERSION_ARCH.deb. Nothing is run but dpkg-deb.
#
#   scripts/deb.sh arm64|armhf
#
# The unit and the udev rules are the image's own; scripts/deb/ has what is different.
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${1:?which architecture: arm64 or armhf}
version=$(scripts/version.sh deb)
SOURCE_DATE_EPOCH=$(scripts/version.sh time)
export SOURCE_DATE_EPOCH LC_ALL=C
tree=bin/deb/$arch
deb=bin/offhook_${version}_$arch.deb
rm -rf "$tree"
umask 022
put() { install -D -m "$1" "$2" "$tree/$3"; }

put 755 "bin/offhook-linux-$arch" usr/bin/offhook
put 644 scripts/image/root/etc/systemd/system/offhook.service usr/lib/systemd/system/offhook.service
put 644 scripts/deb/package.conf usr/lib/systemd/system/offhook.service.d/package.conf
put 644 scripts/image/root/etc/udev/rules.d/60-offhook.rules usr/lib/udev/rules.d/60-offhook.rules
put 644 scripts/deb/sysusers.conf usr/lib/sysusers.d/offhook.conf
put 644 scripts/deb/copyright usr/share/doc/offhook/copyright
put 644 bin/licenses/BINARY usr/share/doc/offhook/licenses
put 644 docs/config.md usr/share/doc/offhook/config.md
mkdir -p "$tree/usr/share/offhook"
scripts/card-settings.sh >"$tree/usr/share/offhook/offhook.toml"
scripts/toolchain.sh "$arch" >"$tree/usr/share/doc/offhook/built-with"
mkdir -p "$tree/usr/share/man/man1"
gzip -9n <docs/offhook.1 >"$tree/usr/share/man/man1/offhook.1.gz"
gzip -9n <CHANGELOG.md >"$tree/usr/share/doc/offhook/NEWS.gz"
gzip -9n >"$tree/usr/share/doc/offhook/changelog.gz" <<-C
	offhook ($version) unstable; urgency=medium

	  * What is new for who owns a phone is in NEWS.gz.

	 -- $(sed -n 's/^Maintainer: //p' scripts/deb/control)  $(date -uRd "@$SOURCE_DATE_EPOCH")
C

mkdir "$tree/DEBIAN"
# As dpkg-gencontrol counts: in KiB, each file filled up, one for each folder, whatever file system this is on.
size=$(cd "$tree" && find usr -printf '%y %s\n' | awk '{ all += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print all }')
for script in preinst postinst prerm postrm; do put 755 scripts/deb/$script DEBIAN/$script; done
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$size/" scripts/deb/control >"$tree/DEBIAN/control"
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
rm -f bin/offhook_*_"$arch.deb"
dpkg-deb --root-owner-group -Zxz -b "$tree" "$deb" >/dev/null
echo "$deb: $(du -h "$deb" | cut -f1)"
