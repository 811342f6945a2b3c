# What Go needs to build for arm64 with Debian's cross compiler; to be sourced in the root of
# the tree. Opus and speexdsp go into the binary, as PortAudio does; ALSA is the board's own.
# shellcheck shell=bash
scripts/portaudio.sh arm64
scripts/speexdsp.sh
export CGO_ENABLED=1 GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc
export PKG_CONFIG_LIBDIR=$PWD/bin/portaudio/arm64:/usr/lib/aarch64-linux-gnu/pkgconfig
export PKG_CONFIG_PATH="" CGO_LDFLAGS="-O2 -g -L$PWD/bin/portaudio/arm64 -L$PWD/bin/speexdsp/arm64"
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
	Description: Debian's speexdsp, static, compiled by us
	Version: $(pkg-config --modversion /usr/lib/aarch64-linux-gnu/pkgconfig/speexdsp.pc)
	Libs: -L$PWD/bin/speexdsp/arm64 -l:libspeexdsp.a -lm
PC
