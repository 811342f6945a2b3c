#!/usr/bin/env bash
# Runs, under qemu's emulation of the processor, the binary that scripts/cross.sh built, and the
# tests of the rooms that differ between architectures.
#
#   scripts/cross-test.sh arm64|armhf
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/cross-env.sh
source scripts/cross-env.sh "${1:?which architecture: arm64 or armhf}"
# -L /: the libraries of Debian's packages for it. The compiler's own copy of the C library
# does not start threads under qemu.
case $arch in
arm64) qemu="qemu-aarch64 -cpu cortex-a72 -L /" ;;
armhf) qemu="qemu-arm -cpu cortex-a7 -L /" ;;
esac

# TestTooDeep starts itself, which takes an emulator that the kernel knows of. Of the codecs'
# tests, emulated fifty times slower, there are those that go through every codec.
go test -exec "$qemu" -skip TestTooDeep ./media/direct ./media/jitter ./media/wav ./firmware/slots ./sip/sdp
go test -exec "$qemu" -run 'EveryCodec|Hostile|RecoversALostPacket' ./media/codec
go test -exec "$qemu" -run 'ResamplerStreams|Slide' ./media/dsp

# A call to the built-in exchange's echo: sockets, codecs, store and loop of the very binary.
work=$(mktemp -d)
phone=""
tidy() {
	[ -z "$phone" ] || kill "$phone" 2>/dev/null || true
	rm -rf "$work"
}
trap tidy EXIT
offhook() { $qemu "$binary" "$@"; }
binary=$PWD/bin/offhook-linux-$arch
export OFFHOOK_SOCKET=$work/panel.sock
cd "$work"
offhook version
printf '[network]\nsip_port = 0\n[exchange]\nlisten = "127.0.0.1:0"\n' >offhook.toml
offhook check offhook.toml
$qemu "$binary" run -headless -data "$work/data" >"$work/log" 2>&1 &
phone=$!
for _ in {1..60}; do [ ! -S "$OFFHOOK_SOCKET" ] || break; sleep 1; done
offhook wait 'ready' 60s
offhook hook off
offhook press 6 0 0
offhook wait '0:0[2-9]' 60s || { offhook lcd; cat "$work/log"; exit 1; }
offhook hook on
echo "$arch: the phone under $qemu has called its echo"
