#!/usr/bin/env bash
# Runs a command with an empty PostgreSQL server of its own, in a temporary folder on a free port of this machine; its
# address is in DATABASE_URL. The server ends with the command.
#
# Usage: scripts/with-postgres.sh COMMAND [ARGUMENT...]
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: with-postgres.sh COMMAND [ARGUMENT...]" >&2; exit 2; }

WORK=$(mktemp -d)
stop_all() { rm -rf "$WORK"; }

# A port that nobody listens on.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
  done
}

# shellcheck source=../Tests/BlackBox/postgres.bash
source "$(dirname "$0")/../Tests/BlackBox/postgres.bash"
[ -n "$POSTGRES_BIN" ] || { echo "with-postgres.sh: there is no PostgreSQL server; install postgresql" >&2; exit 1; }
start_postgres
export DATABASE_URL=$POSTGRES_URL
"$@"
