#!/usr/bin/env bash
# Builds bin/offhook-linux-ARCH with Debian's cross compiler. The result needs
# libc, libm and libasound on the board, and says so here if ever it needs more.
#
#   scripts/cross.sh arm64|armhf [LDFLAGS]
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${1:?which architecture: arm64 or armhf} flags=${2:--s -w}
out=bin/offhook-linux-$arch
echo "Building $out; the first time takes about a minute." >&2
# shellcheck source=scripts/cross-env.sh
source scripts/cross-env.sh "$arch"
# Without Go's build ID, which hangs on the folder that the tree is in.
go build -ldflags "$flags -buildid=" -o "$out" ./firmware

needs=$("$triple-readelf" -d "$out" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
echo "$out: $(du -h "$out" | cut -f1), needs: $needs"
"$triple-readelf" -d "$out" | grep -q "Flags:.*PIE" || { echo "cross: $out is not position independent" >&2; exit 1; }
for library in $needs; do
	case $library in
	libc.so.6 | libm.so.6 | libasound.so.2 | "$loader") ;;
	*) echo "cross: $library is more than a board is promised to have" >&2; exit 1 ;;
	esac
done
