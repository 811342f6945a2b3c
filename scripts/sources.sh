#!/usr/bin/env bash
# Fetches the sources of all Debian packages that the image was made of, as it says them in its
# SOURCES: into bin/sources, to be given on with the image.
#
#   scripts/sources.sh [NAME...]     all of them, or only these
set -euo pipefail
cd "$(dirname "$0")/.."

list=bin/licenses/SOURCES
[ -e "$list" ] || { echo "sources: make image writes which packages there are" >&2; exit 1; }
out=$PWD/bin/sources apt_dir=$PWD/bin/image/apt
mkdir -p "$out" "$apt_dir/sources"/{lists/partial,parts}
sed 's/^deb /deb-src /' "$apt_dir/sources.list" >"$apt_dir/sources/list"
options=(-qq -o Dir::Etc::SourceList="$apt_dir/sources/list" -o Dir::Etc::SourceParts="$apt_dir/sources/parts"
	-o Dir::State::Lists="$apt_dir/sources/lists" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update
failed=0
# The first list: NAME VERSION, between the words and the binary packages.
while read -r name version rest; do
	[ -n "$version" ] && [ -z "$rest" ] || continue
	[ $# = 0 ] || [[ " $* " = *" $name "* ]] || continue
	(cd "$out" && apt-get "${options[@]}" source --download-only "$name=$version" >/dev/null) && continue
	echo "sources: Debian has no $name $version any more; https://snapshot.debian.org/package/$name/$version/ has" >&2
	failed=1
done < <(sed -n '/^The binary packages/q; /^[a-z0-9][a-z0-9+.-]* [0-9][^ ]*$/p' "$list")
echo "$out: $(find "$out" -name '*.dsc' | wc -l) sources, $(du -sh "$out" | cut -f1)"
exit $failed
