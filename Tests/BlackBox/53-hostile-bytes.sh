#!/usr/bin/env bash
# Requests and answers that two parsers could read differently: refused, or read by everybody alike. nginx and haproxy
# get the same bytes for comparison; a forwarder that is lax on purpose must be caught.
# limit: 240
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export ROOT=${ROOT:-$(dirname "$(dirname "$here")")}
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$ROOT/Tests/Hostile/run.py"
