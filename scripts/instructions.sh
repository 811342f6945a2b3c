#!/usr/bin/env bash
# Builds the arm64 test binaries and qemu's plugin, and counts what scripts/instructions lists.
#
#   scripts/instructions.sh [-only PART]
set -euo pipefail
cd "$(dirname "$0")/.."

out=bin/instructions
mkdir -p "$out"
gcc -O2 -Wall -fPIC -shared -fvisibility=hidden -o "$out/count.so" scripts/instructions/plugin/count.c
go build -o "$out/instructions" ./scripts/instructions
( # shellcheck source=scripts/cross-env.sh
	source scripts/cross-env.sh arm64
	for room in media media/dsp media/echo scripts/resamplers; do
		go test -c -o "$out/$(basename "$room").test" "./$room"
	done
)
# -L /: the libraries of Debian's arm64 packages. The compiler's own copy of the C library, in
# /usr/aarch64-linux-gnu, does not start threads under qemu.
qemu="qemu-aarch64 -cpu cortex-a72 -L /"
# What is counted must be right first: this loop is written for arm64 alone.
$qemu "$out/dsp.test" -test.run '^TestSlide$' >&2
exec "$out/instructions" -qemu "$qemu" -plugin "$out/count.so" -tests "$out" "$@"
