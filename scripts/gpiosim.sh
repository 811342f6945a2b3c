#!/usr/bin/env bash
# Makes what the guest needs to run the board's driver on simulated lines, in bin/gpiosim:
#
#   gpio_sim.ko   the kernel's own GPIO simulator, which Debian leaves out, for the image's kernel
#   configfs.ko   what it is set up through
#   rpi.test      the tests of board/rpi, for arm64
#
# The source is Debian's, of the very version of the image's kernel; scripts/image.sh has
# fetched that kernel. Nothing of this goes onto the card.
set -euo pipefail
cd "$(dirname "$0")/.."

out=bin/gpiosim cache=bin/image/apt/cache
deb=$(ls $cache/linux-image-*-arm64_*.deb)
name=$(basename "$deb") name=${name#linux-image-}
release=${name%%_*} version=${name#*_} version=${version%_*}
series=$(echo "$release" | cut -d. -f1-2)
mkdir -p $out

CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go test -c -tags gpiosim -ldflags '-s -w' -o $out/rpi.test ./board/rpi

made=$({ echo "$version" && cat "$0" scripts/module.sh; } | sha256sum)
[ "$made" != "$(cat $out/made 2>/dev/null)" ] || exit 0
rm -rf $out/source && mkdir -p $out/source
printf 'Fetching the source of Linux %s from Debian, once; its GPIO simulator is built.\n' "$version" >&2
source=$PWD/$out/source
(cd "$source" && APT_CONFIG=$PWD/../../image/apt/apt.conf apt-get -qq download "linux-source-$series=$version" >/dev/null)
# The simulator's interrupts are built into it: Debian's kernel has none either.
wanted=(drivers/gpio/gpio-sim.c drivers/gpio/gpiolib.h kernel/irq/irq_sim.c)
dpkg-deb --fsys-tarfile "$source"/linux-source-*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" |
	tar -xJ -C "$source" --strip-components=1 "${wanted[@]/#/linux-source-$series/}"
rm "$source"/*.deb
# No driver may have irq_to_desc; what it is used for is the same for a number.
sed -i 's/handle_simple_irq(irq_to_desc(\(.*\)))/generic_handle_irq(\1)/' "$source/kernel/irq/irq_sim.c"
scripts/module.sh $cache "$release" $out/gpio_sim.ko "${wanted[@]/#/$out/source/}"
dpkg-deb --fsys-tarfile "$deb" | tar -xO "./lib/modules/$release/kernel/fs/configfs/configfs.ko" >$out/configfs.ko
echo "$made" >$out/made
