#!/usr/bin/env bash
# Builds the driver by which a restart asks a Raspberry Pi's firmware for tryboot.txt
# (scripts/image/tryboot), for a kernel of Debian's, out of its header packages.
#
#   scripts/tryboot.sh FOLDER-OF-PACKAGES RELEASE OUT.ko
set -euo pipefail
cd "$(dirname "$0")/.."

debs=$1 release=$2 out=$PWD/$3
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
for deb in "$debs"/linux-headers-"${release%-arm64}"-{arm64,common}_*.deb; do dpkg-deb -x "$deb" "$work"; done
src=$work/usr/src/linux-headers-${release%-arm64}
# Both packages look for the host's programs and for each other under /usr.
sed -i "s,/usr/src,$work/usr/src," "$src-arm64/Makefile"
kbuild=/usr/lib/linux-kbuild-$(echo "$release" | cut -d. -f1-2)
for d in "$src"-{arm64,common}; do
	ln -sfn "$kbuild/scripts" "$d/scripts" && ln -sfn "$kbuild/tools" "$d/tools"
done
cp scripts/image/tryboot/offhook_tryboot.c "$work/"
echo 'obj-m := offhook_tryboot.o' >"$work/Makefile"
make -s -C "$src-arm64" M="$work" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- modules >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
aarch64-linux-gnu-strip --strip-debug "$work/offhook_tryboot.ko"
install -D -m 644 "$work/offhook_tryboot.ko" "$out"
