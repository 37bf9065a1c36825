# A PostgreSQL server of the script's own, in a temporary folder on a free port. To be sourced after lib.bash.
#
#   start_postgres [NAME=VALUE...]   starts it with these settings; then $POSTGRES_PORT and $POSTGRES_URL
#   sql TEXT                         carries out statements; prints values without decoration
#   stop_postgres [SIGNAL]           stops it; KILL kills all its processes
POSTGRES_BIN=${POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
POSTGRES_PORT=$(free_port)
POSTGRES_URL=postgres://once:secret@127.0.0.1:$POSTGRES_PORT/postgres
POSTGRES_HOME=$(mktemp -d /tmp/once-postgres-XXXXXX)
POSTGRES_PID=""

# The server refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

start_postgres() {
  local setting settings=() _
  if [ ! -d "$POSTGRES_HOME/data" ]; then
    [ "$(id -u)" -ne 0 ] || chown postgres "$POSTGRES_HOME"
    echo secret >"$WORK/password"
    chmod a+r "$WORK/password"
    cp "$WORK/password" "$POSTGRES_HOME/password"
    chmod a+r "$POSTGRES_HOME/password"
    as_postgres "$POSTGRES_BIN/initdb" --pgdata="$POSTGRES_HOME/data" --username=once --auth=scram-sha-256 \
      --pwfile="$POSTGRES_HOME/password" --encoding=UTF8 --locale=C --no-sync >"$WORK/initdb.log" 2>&1 || {
      cat "$WORK/initdb.log" >&2
      exit 1
    }
  fi
  for setting in "$@"; do settings+=(-c "$setting"); done
  as_postgres "$POSTGRES_BIN/postgres" -D "$POSTGRES_HOME/data" -c listen_addresses=127.0.0.1 -c "port=$POSTGRES_PORT" \
    -c unix_socket_directories= ${settings[@]+"${settings[@]}"} >>"$WORK/postgres.log" 2>&1 &
  POSTGRES_PID=$!
  for _ in $(seq 300); do
    if sql "SELECT 1" >/dev/null 2>&1; then return 0; fi
    kill -s 0 "$POSTGRES_PID" 2>/dev/null || break
    sleep 0.05
  done
  echo "the PostgreSQL server does not start" >&2
  tail -n 20 "$WORK/postgres.log" >&2
  exit 1
}

sql() { "$POSTGRES_BIN/psql" -XqtA -v ON_ERROR_STOP=1 -d "$POSTGRES_URL" -c "$1"; }

# stop_postgres [SIGNAL]: asked politely it ends its own children; killed it cannot, so they are killed with it.
stop_postgres() {
  [ -n "$POSTGRES_PID" ] || return 0
  local server signal=${1:-INT} processes
  server=$(head -n 1 "$POSTGRES_HOME/data/postmaster.pid" 2>/dev/null)
  processes=$server
  if [ "$signal" = KILL ]; then processes+=" $(pgrep -P "$server" | tr '\n' ' ')"; fi
  # shellcheck disable=SC2086
  kill -s "$signal" $processes 2>/dev/null
  wait "$POSTGRES_PID" 2>/dev/null
  POSTGRES_PID=""
}

remove_postgres() {
  stop_postgres
  rm -rf "$POSTGRES_HOME"
}
trap 'remove_postgres; stop_all' EXIT
