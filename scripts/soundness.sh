#!/usr/bin/env bash
# Checks everything about the sources that needs no test run. Prints one line per check, `OK name` or
# `FAILED name: reason`, and fails if any check does. scripts/soundness-selftest.sh proves that each check can fail.
#
# Usage: scripts/soundness.sh [--root FOLDER] [CHECK...]        all checks, or only the named ones
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
if [ "${1:-}" = --root ]; then root=$(cd "$2" && pwd) || exit 2; shift 2; fi
status=0

# Whether a check was asked for: all are when none is named.
wanted() {
  local name=$1; shift
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]]
}

if wanted format "$@"; then "$here/soundness/format.sh" "$root" || status=1; fi
PYTHONDONTWRITEBYTECODE=1 python3 "$here/soundness/checks.py" "$root" "$@" || status=1
if wanted documentation "$@"; then "$here/soundness/documentation.sh" "$root" || status=1; fi
exit "$status"
