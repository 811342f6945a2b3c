#!/usr/bin/env bash
# Builds the commit twice, in two folders, at two times and each from nothing, and compares the
# bytes. Only what was downloaded is shared, Go's modules and Debian's packages; the compilers'
# caches are not.
#
#   scripts/reproduce.sh [binary|deb|image]    each with those before it; image without a word
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-image}
case $what in
binary) targets="cross" ;;
deb) targets="cross deb" ;;
image) targets="cross deb image" ;;
*) echo "reproduce: there is binary, deb and image, no $what" >&2; exit 1 ;;
esac
[ -z "$(git status --porcelain)" ] || echo "reproduce: what is not committed is not built" >&2
mkdir -p bin
work=$(mktemp -d -p "$PWD/bin" reproduce-XXXXXX)
trap 'rm -rf "$work"' EXIT
scripts/speexdsp.sh fetch

build() { # a folder, which of the two, how to run make
	local tree=$work/$1 number=$2 begun=$SECONDS
	shift 2
	git clone -q . "$tree"
	mkdir -p "$tree/bin/speexdsp" "$tree/bin/image"
	cp -a bin/speexdsp/*.tar.gz "$tree/bin/speexdsp/"
	if [ -e bin/image/apt ]; then
		cp -a bin/image/apt "$tree/bin/image/"
		[ ! -e bin/image/apt/fetched ] || touch "$tree/bin/image/apt/fetched"
	fi
	# shellcheck disable=SC2086 # the targets are words
	"$@" env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS GOCACHE="$work/cache" make -C "$tree" --no-print-directory $targets >&2
	(cd "$tree/bin" && find . -maxdepth 1 -name 'offhook*' -type f -print0 | sort -z | xargs -0 sha256sum
		[ "$what" != image ] || sha256sum image/*.img image/*.xz image/*.update) >"$work/sums-$number"
	echo "reproduce: built in $((SECONDS - begun)) s" >&2
	rm -rf "$work/cache"
}
build one 1
[ "$what" != image ] || [ -e bin/image/apt ] || { mkdir -p bin/image && cp -a "$work/one/bin/image/apt" bin/image/; }
# The other time on one processor, with files that nobody else may read.
(umask 077 && build another/place 2 taskset -c 0)

cat "$work/sums-1"
if ! diff "$work/sums-1" "$work/sums-2"; then
	trap - EXIT
	echo "reproduce: the two differ; they are left in $work/one and $work/another/place" >&2
	exit 1
fi
echo "Built twice, with the same bytes."
