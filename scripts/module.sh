#!/usr/bin/env bash
# Builds a driver for a kernel of Debian's, out of its header packages.
#
#   scripts/module.sh FOLDER-OF-PACKAGES RELEASE OUT.ko FILE...
#
# All files that end in .c become the one driver; the others are what they include.
set -euo pipefail
cd "$(dirname "$0")/.."

debs=$1 release=$2 out=$PWD/$3
shift 3
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
for deb in "$debs"/linux-headers-"${release%-arm64}"-{arm64,common}_*.deb; do dpkg-deb -x "$deb" "$work"; done
src=$work/usr/src/linux-headers-${release%-arm64}
# Both packages look for the host's programs and for each other under /usr.
sed -i "s,/usr/src,$work/usr/src," "$src-arm64/Makefile"
kbuild=/usr/lib/linux-kbuild-$(echo "$release" | cut -d. -f1-2)
for d in "$src"-{arm64,common}; do
	ln -sfn "$kbuild/scripts" "$d/scripts" && ln -sfn "$kbuild/tools" "$d/tools"
done
name=$(basename "$out" .ko) parts=""
cp "$@" "$work/"
for f in "$@"; do
	f=$(basename "$f")
	case $f in "$name.c") ;; *.c) parts+=" ${f%.c}.o" ;; esac
done
{
	echo "obj-m := $name.o"
	[ -z "$parts" ] || echo "$name-y :=$parts"
} >"$work/Makefile"
# No path of this machine goes into it, nor into its build ID.
make -s -C "$src-arm64" M="$work" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- KCFLAGS="-g0 -ffile-prefix-map=$work=." modules >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
aarch64-linux-gnu-strip --strip-debug "$work/$name.ko"
install -D -m 644 "$work/$name.ko" "$out"
