#!/usr/bin/env bash
# Builds bin/offhook-linux-arm64 with Debian's cross compiler. The result needs
# libc, libm and libasound on the board, and says so here if ever it needs more.
#
#   scripts/cross.sh [LDFLAGS]
set -euo pipefail
cd "$(dirname "$0")/.."

out=bin/offhook-linux-arm64
echo "Building $out; the first time takes about a minute." >&2
# shellcheck source=scripts/cross-env.sh
source scripts/cross-env.sh
go build -ldflags "${1:--s -w}" -o "$out" ./firmware

needs=$(aarch64-linux-gnu-readelf -d "$out" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
echo "$out: $(du -h "$out" | cut -f1), needs: $needs"
for library in $needs; do
	case $library in
	libc.so.6 | libm.so.6 | libasound.so.2 | ld-linux-aarch64.so.1) ;;
	*) echo "cross: $library is more than a board is promised to have" >&2; exit 1 ;;
	esac
done
