#!/usr/bin/env bash
# Compiles speexdsp for the board, static, out of the source of Debian's package: Debian compiles it
# with -O2, which leaves the echo canceller scalar and twice as dear (docs/decisions/0017).
#
#   scripts/speexdsp.sh arm64|armhf    leaves bin/speexdsp/ARCH/libspeexdsp.a
#   scripts/speexdsp.sh fetch          only fetches the source, 1 MB
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.2.1
sum=8c777343e4a6399569c72abc38a95b24db56882c83dbdb6c6424a5f4aeb54d3d
archive=$PWD/bin/speexdsp/speexdsp_$version.orig.tar.gz
work=$PWD/bin/speexdsp/work
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

# fetch has apt look for sources where it looks for packages, in folders of our own: the system's
# lists stay as they are.
fetch() {
	mkdir -p "$work"/{parts,lists/partial,cache/archives/partial}
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -e "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/${file##*/}"
	done
	sed -n 's/^deb /deb-src /p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list >"$work/parts/all.list" 2>/dev/null || true
	local apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts"
		-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
	# A mirror of something else may have no sources; only ours decides.
	"${apt[@]}" update >"$work/log" 2>&1 || true
	(cd "$work" && "${apt[@]}" source --download-only speexdsp >>log 2>&1) || true
	if ! echo "$sum  $work/${archive##*/}" | sha256sum --quiet --check >>"$work/log" 2>&1; then
		tail -5 "$work/log" >&2
		echo "speexdsp: the source of speexdsp $version could not be fetched from Debian." >&2
		exit 1
	fi
	mv "$work/${archive##*/}" "$archive"
}

if [ ! -e "$archive" ]; then
	echo "Fetching the source of speexdsp $version from Debian, once." >&2
	fetch
fi
[ "${1:?which architecture: arm64 or armhf}" != fetch ] || exit 0
arch=$1
# shellcheck source=scripts/arch.sh
source scripts/arch.sh
out=$PWD/bin/speexdsp/$arch
mkdir -p "$out"
if [ "$out/libspeexdsp.a" -nt "$0" ]; then exit 0; fi

tar -xzf "$archive" -C "$work" --strip-components=1
cp /usr/include/speex/speexdsp_config_types.h "$work/include/speex/" # what its configure makes
cd "$work/libspeexdsp"
# What its configure finds for ARM (floating point, its own transform, NEON), but for vectors:
# sums may be taken in another order. Its checks for what is no number stay in force.
case $arch in
arm64) board=(-mtune=cortex-a72) ;;
armhf) board=(-mcpu=cortex-a7 -mfpu=neon-vfpv4) ;; # a Pi 2, which is the oldest
esac
"$triple-gcc" -c -O3 "${board[@]}" -funroll-loops -ffast-math -fno-finite-math-only -fPIC \
	-DFLOATING_POINT -DUSE_SMALLFT -DUSE_NEON -DEXPORT= -I../include \
	mdf.c preprocess.c filterbank.c fftwrap.c smallft.c resample.c
"$triple-ar" rcs "$work/libspeexdsp.a" ./*.o
mv "$work/libspeexdsp.a" "$out/"
