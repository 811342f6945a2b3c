# What the architectures of Debian are called by others; to be sourced with $arch set.
#
#   triple   the compiler's name    goarch   Go's    loader   what starts a program there
#
# armhf is ARMv7 with NEON, every Pi from the 2 on. A Pi 1 or Zero is ARMv6: decision 22 says why there is no build for it.
# shellcheck shell=bash disable=SC2034 # they are for who sources this
case ${arch:?} in
amd64) triple=x86_64-linux-gnu goarch=amd64 loader=ld-linux-x86-64.so.2 ;;
arm64) triple=aarch64-linux-gnu goarch=arm64 loader=ld-linux-aarch64.so.1 ;;
armhf) triple=arm-linux-gnueabihf goarch=arm loader=ld-linux-armhf.so.3 ;;
*) echo "There is no build for $arch: amd64, arm64 and armhf." >&2; exit 1 ;;
esac
