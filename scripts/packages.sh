#!/usr/bin/env bash
# Makes sure that the Debian packages of the named groups are installed: the only place that lists them.
# Installs what is missing through apt when it may (as root, or with sudo that asks for no password), and otherwise
# names the command that does it.
#
# Usage: scripts/packages.sh GROUP...        groups: build, soundness, test, bench
#        scripts/packages.sh --list GROUP...
set -euo pipefail

group() {
  case "$1" in
    # The libraries and headers of SQLite and RocksDB for the embedded stores, and of PostgreSQL's client.
    build) echo libpq-dev librocksdb-dev libsqlite3-dev pkg-config ;;
    # The checks that read the sources.
    soundness) echo python3 ;;
    # A real browser, a real upstream, what the black-box scripts call, real servers for the stores that need one, false
    # clocks and small disks.
    test)
      echo chromium chromium-driver curl e2fsprogs faketime haproxy jq mount nghttp2-client nginx-light openssl \
        pgbouncer postgresql procps python3 python3-venv redis-server sqlite3 ;;
    # A load generator, and servers to measure and to compare with.
    bench) echo curl jq nginx-light postgresql redis-server wrk ;;
    *) echo "packages.sh: there is no group '$1'; groups are build, soundness, test and bench" >&2; return 2 ;;
  esac
}

# A package is there when dpkg says so, or when another package provides it (nginx-full for nginx-light).
installed() {
  case "$1" in
    nginx-light) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ;;
    *) [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac
}

list=false
if [ "${1:-}" = --list ]; then list=true; shift; fi
if [ $# -eq 0 ]; then echo "usage: scripts/packages.sh [--list] build|soundness|test|bench ..." >&2; exit 2; fi

wanted=""
for name in "$@"; do wanted+=" $(group "$name")"; done
wanted=$(tr ' ' '\n' <<<"$wanted" | sed '/^$/d' | sort -u)
if $list; then echo "$wanted"; exit 0; fi

if ! command -v dpkg-query >/dev/null; then
  echo "This is not a Debian system. Make sure that the counterparts of these packages are installed:" $wanted
  exit 0
fi

missing=""
for package in $wanted; do installed "$package" || missing+=" $package"; done
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && sudo --non-interactive true 2>/dev/null; then
  as_root=(sudo --non-interactive)
else
  echo "Missing Debian packages:$missing" >&2
  echo "Install them, then try again:  sudo apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "Installing Debian packages:$missing"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt update && apt install --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install:$missing" >&2
  exit 1
fi
