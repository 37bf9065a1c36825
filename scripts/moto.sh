#!/usr/bin/env bash
# Makes sure that moto is there, which plays DynamoDB in the tests: that of the system's Python, or else one of its own
# in .build/moto. Debian has no package of it. Fails when it cannot be installed; the tests that need it are then
# skipped, and say so.
#
# Usage: scripts/moto.sh
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VERSION=5.2.1
has_moto() { "$1" -c 'import moto.dynamodb, werkzeug, flask' 2>/dev/null; }

if has_moto .build/moto/bin/python3 || has_moto python3; then exit 0; fi
echo "Installing moto $VERSION into .build/moto"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { python3 -m venv .build/moto && .build/moto/bin/pip install "moto[server,dynamodb]==$VERSION"; } >"$log" 2>&1
then
  tail -n 10 "$log" >&2
  echo "moto could not be installed; without it the tests of the DynamoDB store are skipped" >&2
  exit 1
fi
