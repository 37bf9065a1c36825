#!/usr/bin/env bash
# Makes sure that moto is there, which plays DynamoDB and STS in the tests: that of the system's Python, or else one of
# its own in .build/moto. Debian has no package of it. Fails when it cannot be installed, and leaves nothing half made;
# the tests that need it are then skipped, and say so.
#
# Usage: scripts/moto.sh
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VERSION=5.2.1
readonly HOME_OF_OURS=.build/moto
# The server without moto[server], which brings what all services need: twice as much.
readonly NEEDED=("moto[dynamodb]==$VERSION" flask flask-cors)

# The same is asked in Tests/Support/DynamoDBServer/MotoServer.swift and Tests/BlackBox/72-dynamodb.sh.
has_moto() { "$1" Tests/Support/DynamoDBServer/moto_server.py --check 2>/dev/null; }

install() {
  rm -rf "$HOME_OF_OURS"
  mkdir -p "$(dirname "$HOME_OF_OURS")"
  python3 -m venv "$HOME_OF_OURS" &&
    timeout 300 "$HOME_OF_OURS/bin/python3" -m pip install --no-input --disable-pip-version-check "${NEEDED[@]}" &&
    "$HOME_OF_OURS/bin/python3" Tests/Support/DynamoDBServer/moto_server.py --check
}

if has_moto "$HOME_OF_OURS/bin/python3" || has_moto python3; then exit 0; fi
echo "Installing moto $VERSION into $HOME_OF_OURS"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install >"$log" 2>&1; then
  rm -rf "$HOME_OF_OURS"
  tail -n 10 "$log" >&2
  echo "moto could not be installed; without it the tests of the DynamoDB store are skipped" >&2
  exit 1
fi
