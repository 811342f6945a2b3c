#!/usr/bin/env bash
# The version of this tree: what git calls the commit.
#
#   scripts/version.sh        as the phone prints it
#   scripts/version.sh deb    as Debian's packages have it, later ones greater
#   scripts/version.sh time   when the commit was made, in seconds since 1970
set -euo pipefail
cd "$(dirname "$0")/.."

# As many digits everywhere: git's own choice hangs on how much else a clone has.
version=$(git describe --tags --always --dirty --abbrev=10 2>/dev/null || echo unversioned)
time=$(git log -1 --format=%ct 2>/dev/null || echo 1700000000)
case ${1:-} in
"") echo "$version" ;;
time) echo "$time" ;;
deb)
	version=${version#v}
	case $version in
	[0-9]*.[0-9]*) echo "${version//-/+}" ;; # of a tag: v1.2, v1.2-3-gabcdef
	*) echo "0~git$(TZ=UTC date -d "@$time" +%Y%m%d.%H%M%S).${version//-/.}" ;;
	esac
	;;
*) echo "version: there is \"deb\" and \"time\", no \"$1\"" >&2; exit 1 ;;
esac
