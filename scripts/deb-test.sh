#!/usr/bin/env bash
# The life of the Debian package: installed, upgraded, removed, purged, by dpkg, into a folder
# that stands for the board. Its scripts run on this machine and touch that folder alone.
#
#   scripts/deb-test.sh arm64|armhf
set -euo pipefail
cd "$(dirname "$0")/.."

arch=${1:?which architecture: arm64 or armhf}
deb=$(echo bin/offhook_*_"$arch.deb")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failed=0
is() { # words, then what must be true
	if ! "${@:2}"; then
		echo "deb-test: $1" >&2
		failed=1
	fi
}
isnt() { ! "$@"; }

mkdir -p "$root"/{boot/firmware,etc,run,var/log,var/lib/dpkg/{info,updates,triggers}}
: >"$root/var/lib/dpkg/status"
echo "root:x:0:0:root:/root:/bin/sh" >"$root/etc/passwd"
printf 'root:x:0:\naudio:x:29:\ngpio:x:997:\n' >"$root/etc/group"
echo "root:*:::::::" >"$root/etc/shadow"
dpkg --root="$root" --add-architecture "$arch"
# What it depends on is the board's.
on_board() { dpkg --root="$root" --force-depends --force-script-chrootless --force-not-root "$@" >"$root/said" 2>&1 || { cat "$root/said" >&2; exit 1; }; }
list() { (cd "$root" && find . -path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -path ./said -prune -o -print | sort); }
list >"$root/var/log/before"
settings=$root/boot/firmware/offhook.toml
wanted=$root/etc/systemd/system/multi-user.target.wants/offhook.service

on_board -i "$deb"
is "the program is not there" test -x "$root/usr/bin/offhook"
is "there is no manual page" test -e "$root/usr/share/man/man1/offhook.1.gz"
is "the settings are not the sample" cmp -s "$settings" "$root/usr/share/offhook/offhook.toml"
is "it does not start with the board" test -L "$wanted"
is "there is no user offhook" grep -q "^offhook:" "$root/etc/passwd"
is "there is no group i2c" grep -q "^i2c:" "$root/etc/group"
is "the unit is not the image's" cmp -s scripts/image/root/etc/systemd/system/offhook.service "$root/usr/lib/systemd/system/offhook.service"
is "the unit does not know its data folder" grep -q "^StateDirectory=offhook$" "$root/usr/lib/systemd/system/offhook.service.d/package.conf"
is "the sums are wrong" dpkg --root="$root" --verify offhook

# An upgrade leaves the owner's settings alone, and whether it starts with the board.
echo 'name = "mine"' >"$settings"
rm "$wanted"
dpkg-deb -R "$deb" "$root/var/log/newer"
sed -i 's/^Version: .*/Version: 99/' "$root/var/log/newer/DEBIAN/control"
dpkg-deb --root-owner-group -b "$root/var/log/newer" "$root/var/log/newer.deb" >/dev/null
on_board -i "$root/var/log/newer.deb"
is "the version is not the newer one" [ "$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Version}' offhook)" = 99 ]
is "an upgrade has changed the settings" grep -q mine "$settings"
is "an upgrade has switched it on" isnt test -e "$wanted"

mkdir -p "$root/var/lib/offhook" && touch "$root/var/lib/offhook/phone.db"
on_board -r offhook
is "it is still there" isnt test -e "$root/usr/bin/offhook"
is "removing it has removed the settings" grep -q mine "$settings"
is "removing it has removed what it knew" test -e "$root/var/lib/offhook/phone.db"

on_board -P offhook
is "a purge has left the settings" isnt test -e "$settings"
# dpkg keeps the folders of others, systemd-sysusers its backups, and groups stay.
list | grep -vE '^\./etc/(passwd|group|shadow|gshadow)-?$|^\./etc/\.pwd\.lock$|^\./(etc/systemd|var/lib/systemd)(/|$)' >"$root/var/log/after" || true
left=$(comm -13 "$root/var/log/before" "$root/var/log/after")
is "a purge has left $left" [ -z "$left" ]
left=$(find "$root/etc/systemd" "$root/var/lib/systemd" -name '*offhook*' 2>/dev/null || true)
is "a purge has left $left" [ -z "$left" ]
is "a purge has left the user" isnt grep -q "^offhook:" "$root/etc/passwd"

# A Pi that is too old is told so.
mkdir "$root/old" && printf '#!/bin/sh\necho armv6l\n' >"$root/old/uname" && chmod +x "$root/old/uname"
is "an ARMv6 is not refused" isnt env PATH="$root/old:$PATH" DPKG_ROOT= sh scripts/deb/preinst install 2>/dev/null
[ "$failed" = 0 ] && echo "$deb: installed, upgraded, removed, purged"
exit $failed
