#!/usr/bin/env bash
# Installs the Debian packages that a make target needs: nothing when they are
# there, without a word. No service that comes along is started, now or at boot.
#
#   scripts/deps.sh build                what compiling and testing needs
#   scripts/deps.sh build demo           also a voice for make demo
#   scripts/deps.sh build interop        also the real peers
#   scripts/deps.sh build bench          also what the benchmark compares with
#   scripts/deps.sh build cross          also the arm64 compiler and libraries
#   scripts/deps.sh build cross image    also what makes the SD card image
#   scripts/deps.sh image qemu           also what boots it here
#   scripts/deps.sh build cross-armhf    also those for a 32-bit system
#   scripts/deps.sh build cross emulate  also what runs their programs here
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A groups=(
	[build]="gcc libc6-dev make pkg-config libopus-dev libspeexdsp-dev portaudio19-dev libasound2-dev"
	[demo]="espeak-ng"
	[interop]="kamailio kamailio-tls-modules kamailio-websocket-modules kamailio-presence-modules baresip-core linphone-cli sip-tester espeak-ng coturn iproute2 iptables procps"
	[bench]="kamailio kamailio-tls-modules baresip-core linphone-cli espeak-ng"
	[cross]="gcc-aarch64-linux-gnu libc6-dev-arm64-cross libopus-dev:arm64 libspeexdsp-dev:arm64 portaudio19-dev:arm64 libasound2-dev:arm64"
	[cross-armhf]="gcc-arm-linux-gnueabihf libc6-dev-armhf-cross libopus-dev:armhf libspeexdsp-dev:armhf portaudio19-dev:armhf libasound2-dev:armhf"
	[emulate]="qemu-user"
	[image]="linux-kbuild-6.1 cpio kmod fdisk dosfstools mtools squashfs-tools e2fsprogs xz-utils debian-archive-keyring"
	[qemu]="qemu-system-arm mtools e2fsprogs iproute2 openssh-client kamailio espeak-ng"
)

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

# Services that these packages would start; they are switched off when we install them.
services="kamailio coturn"

installed() { # a package, with ":arm64", say, where it is of the other architecture
	local arch=$native
	case $1 in *:*) arch=${1#*:} ;; esac
	dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "${1%:*}" 2>/dev/null |
		grep -qxE "($arch|all) installed"
}

wanted=""
for group in "${@:-build}"; do
	[ -n "${groups[$group]:-}" ] || stop "deps: no such group: $group (there are: ${!groups[*]})"
	[ "$group" != build ] || scripts/go-check.sh
	wanted+=" ${groups[$group]}"
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	# Not a Debian: good enough when the compiler finds the four libraries.
	if [ "$*" = build ] && command -v gcc >/dev/null && pkg-config --exists opus speexdsp portaudio-2.0 alsa 2>/dev/null; then exit 0; fi
	stop "Offhook is built on Debian 12, and this system has no apt-get." \
		"Please install what these Debian packages hold, then try again:" "   $wanted"
fi

native=$(dpkg --print-architecture)
missing="" fresh=""
for package in $wanted; do
	case " $missing " in *" $package "*) continue ;; esac
	installed "$package" || missing+="${missing:+ }$package"
done
[ -n "$missing" ] || exit 0

foreign=""
for arch in arm64 armhf; do
	case $missing in *:"$arch"*) foreign+=" $arch" ;; esac
done
by_hand="${foreign:+for a in$foreign; do dpkg --add-architecture \$a; done && }apt-get update && apt-get install --no-install-recommends $missing"

if [ "$(id -u)" = 0 ]; then
	as_root() { "$@"; }
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
	as_root() { sudo "$@"; }
else
	stop "Some Debian packages are missing, and installing them takes root." \
		"Please run this as root, then try again:
    $by_hand"
fi

say "Installing from Debian, once: $missing"
quiet=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1)
log=$(mktemp)
policy=/usr/sbin/policy-rc.d # asked by every Debian package before it starts a service
ours=""
tidy() {
	rm -f "$log"
	[ -z "$ours" ] || as_root rm -f "$policy"
}
trap tidy EXIT
trap 'exit 130' INT TERM

for service in $services; do # only those that this run brings along
	case " $missing " in *" $service "*) fresh+=" $service" ;; esac
done
if [ ! -e "$policy" ]; then
	ours=yes
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
fi

for arch in $foreign; do as_root dpkg --add-architecture "$arch"; done
# A mirror of something else may fail; only the installation decides.
as_root "${quiet[@]}" apt-get -qq update >"$log" 2>&1 || true
# shellcheck disable=SC2086 # the packages are words
if ! as_root "${quiet[@]}" apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
	install --no-install-recommends $missing >>"$log" 2>&1; then
	grep -E '^[EW]: ' "$log" | sort -u | head -5 >&2 || true
	stop "Debian's packages could not be installed: no network, or a mirror without them." \
		"Once that is mended, this does it, as root:
    $by_hand"
fi
for service in $fresh; do # nor at the next boot
	as_root update-rc.d "$service" disable >/dev/null 2>&1 || true
	! command -v systemctl >/dev/null || as_root systemctl disable "$service" >/dev/null 2>&1 || true
done
for package in $missing; do
	installed "$package" || stop "deps: $package is still missing after the installation"
done
