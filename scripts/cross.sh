#!/usr/bin/env bash
# Builds bin/offhook-linux-arm64 with Debian's cross compiler. The result needs
# libc, libm and libasound on the board, and says so here if ever it needs more.
#
#   scripts/cross.sh [LDFLAGS]
set -euo pipefail
cd "$(dirname "$0")/.."

out=bin/offhook-linux-arm64
echo "Building $out; the first time takes about a minute." >&2
scripts/portaudio.sh arm64

export CGO_ENABLED=1 GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc
# Opus and speexdsp go into the binary, as PortAudio does; ALSA is the board's own.
export PKG_CONFIG_LIBDIR=$PWD/bin/portaudio/arm64:/usr/lib/aarch64-linux-gnu/pkgconfig
export PKG_CONFIG_PATH="" CGO_LDFLAGS="-O2 -g -L$PWD/bin/portaudio/arm64"
mkdir -p bin/portaudio/arm64
cat >bin/portaudio/arm64/opus.pc <<-PC
	Name: Opus
	Description: Debian's Opus, static
	Version: $(pkg-config --modversion /usr/lib/aarch64-linux-gnu/pkgconfig/opus.pc)
	Libs: -L/usr/lib/aarch64-linux-gnu -l:libopus.a -lm
	Cflags: -I/usr/include/opus
PC
cat >bin/portaudio/arm64/speexdsp.pc <<-PC
	Name: speexdsp
	Description: Debian's speexdsp, static
	Version: $(pkg-config --modversion /usr/lib/aarch64-linux-gnu/pkgconfig/speexdsp.pc)
	Libs: -L/usr/lib/aarch64-linux-gnu -l:libspeexdsp.a -lm
PC
go build -ldflags "${1:--s -w}" -o "$out" ./firmware

needs=$(aarch64-linux-gnu-readelf -d "$out" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
echo "$out: $(du -h "$out" | cut -f1), needs: $needs"
for library in $needs; do
	case $library in
	libc.so.6 | libm.so.6 | libasound.so.2 | ld-linux-aarch64.so.1) ;;
	*) echo "cross: $library is more than a board is promised to have" >&2; exit 1 ;;
	esac
done
