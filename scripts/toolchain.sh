#!/usr/bin/env bash
# Prints what a binary was built with: whoever has the same commit and the same versions
# gets the same bytes.
#
#   scripts/toolchain.sh arm64|armhf [image]    image: and what the card was put together with
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/arch.sh
arch=${1:?which architecture: arm64 or armhf} && source scripts/arch.sh
echo "commit $(git rev-parse HEAD 2>/dev/null || echo unknown)"
go version
dpkg-query -W -f '${Package}:${Architecture} ${Version}\n' "gcc-12-$triple" "binutils-$triple" "libc6-dev-$arch-cross" \
	"libopus-dev:$arch" "libspeexdsp-dev:$arch" "portaudio19-dev:$arch" "libasound2-dev:$arch"
[ "${2:-}" = image ] || exit 0
dpkg-query -W -f '${Package} ${Version}\n' cpio dosfstools e2fsprogs fdisk gzip kmod libzstd1 linux-kbuild-6.1 mtools squashfs-tools xz-utils
