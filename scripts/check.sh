#!/usr/bin/env bash
# What make check runs: format, vet, staticcheck, the house rules, tidy, and the
# shell scripts where shellcheck is at hand. Runs all, then fails if one failed.
# shellcheck disable=SC2317 # the functions are run through check
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=0
check() { # a name, then the command that must succeed
	local name=$1
	shift
	if "$@"; then printf '  ok    %s\n' "$name"; else
		printf '  FAIL  %s\n' "$name"
		failed=1
	fi
}
formatted() {
	local wrong
	wrong=$(git ls-files --cached --others --exclude-standard '*.go' | while read -r f; do
		[ ! -e "$f" ] || gofmt -s -l "$f"
	done)
	[ -z "$wrong" ] || { printf 'gofmt -s would change:\n%s\n' "$wrong"; return 1; }
}
shells() { git ls-files '*.sh' .ci/run | xargs shellcheck; }

tags=nolibopusfile,interop,demo,soak,qemu,gpiosim
check "gofmt" formatted
check "go vet" go vet ./...
check "go vet -tags interop,demo,soak,qemu,gpiosim" go vet -tags "$tags" ./...
check "staticcheck" go tool staticcheck -tags "$tags" ./...
check "house rules" go test -count=1 ./scripts/rules
check "go mod tidy" go mod tidy -diff
! command -v shellcheck >/dev/null || check "shellcheck" shells
exit $failed
