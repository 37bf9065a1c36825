#!/usr/bin/env bash
# Slow, half, oversized and many: every attack is ended, other clients are served, no claim is left behind, and the
# memory stays within its bound. The long form: python3 Tests/Hostile/pressure.py --connections 10000
# limit: 240
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export ROOT=${ROOT:-$(dirname "$(dirname "$here")")}
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$ROOT/Tests/Hostile/pressure.py"
