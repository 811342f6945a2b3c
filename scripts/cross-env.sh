# What Go needs to build for another architecture with Debian's cross compiler; to be sourced in
# the root of the tree, with "arm64" or "armhf". Opus and speexdsp go into the binary, as
# PortAudio does; ALSA is the board's own.
# shellcheck shell=bash
arch=$1
# shellcheck source=scripts/arch.sh
source scripts/arch.sh
scripts/portaudio.sh "$arch"
scripts/speexdsp.sh "$arch"
# Position independent, so that the kernel puts the phone at another address at each start.
export GOFLAGS="${GOFLAGS:-} -buildmode=pie"
export CGO_ENABLED=1 GOOS=linux GOARCH=$goarch GOARM=7 CC=$triple-gcc
export PKG_CONFIG_LIBDIR=$PWD/bin/portaudio/$arch:/usr/lib/$triple/pkgconfig
export PKG_CONFIG_PATH="" CGO_LDFLAGS="-O2 -g -L$PWD/bin/portaudio/$arch -L$PWD/bin/speexdsp/$arch"
mkdir -p "bin/portaudio/$arch"
cat >"bin/portaudio/$arch/opus.pc" <<-PC
	Name: Opus
	Description: Debian's Opus, static
	Version: $(pkg-config --modversion "/usr/lib/$triple/pkgconfig/opus.pc")
	Libs: -L/usr/lib/$triple -l:libopus.a -lm
	Cflags: -I/usr/include/opus
PC
cat >"bin/portaudio/$arch/speexdsp.pc" <<-PC
	Name: speexdsp
	Description: Debian's speexdsp, static, compiled by us
	Version: $(pkg-config --modversion "/usr/lib/$triple/pkgconfig/speexdsp.pc")
	Libs: -L$PWD/bin/speexdsp/$arch -l:libspeexdsp.a -lm
PC
