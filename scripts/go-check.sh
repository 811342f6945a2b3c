#!/usr/bin/env bash
# Says in words when Go is missing or too old for go.mod; silent otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

need=$(awk '$1 == "go" { print $2; exit }' go.mod)
if ! command -v go >/dev/null; then
	cat >&2 <<-WORDS
		Offhook needs Go $need or newer, and there is no "go" on this machine's PATH.
		Get it from https://go.dev/dl, or where it is installed already:
		    export PATH=\$PATH:/usr/local/go/bin
	WORDS
	exit 1
fi
# A Go that may fetch newer toolchains answers with the one it would build with.
have=$(go env GOVERSION 2>/dev/null || GOTOOLCHAIN=local GOFLAGS='' go version 2>/dev/null | awk '{ print $3 }')
have=${have#go}
have=${have%%[-+ ]*}
if [ "$(printf '%s\n' "$need" "${have:-0}" | sort -V | head -1)" != "$need" ]; then
	echo "Offhook needs Go $need or newer; this machine has ${have:-an unknown one} ($(command -v go)). Get a newer one from https://go.dev/dl." >&2
	exit 1
fi
