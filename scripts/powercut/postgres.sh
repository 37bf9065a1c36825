# How powercut.sh makes, starts and recovers a PostgreSQL server. Sourced.
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$programs" ] || skip "there is no PostgreSQL server"
command -v psql >/dev/null || skip "there is no psql"

# It refuses to run as root.
as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups)

# server_make FOLDER: an empty cluster.
server_make() {
  mkdir "$1/server"
  chown postgres: "$1/server"
  "${as_postgres[@]}" "$programs/initdb" --pgdata="$1/server" --username=once --auth=trust --encoding=UTF8 --locale=C \
    --no-instructions --no-sync >"$work/initdb" 2>&1 || { cat "$work/initdb" >&2; exit 1; }
}

# server_start FOLDER PORT NAME=VALUE...: starts it; its number is in `started`.
server_start() {
  local folder=$1 port=$2 options=()
  shift 2
  for setting in "$@"; do options+=(-c "$setting"); done
  # What another server has left on a copy names a process that, after a power cut, would not be there.
  rm -f "$folder/server/postmaster.pid"
  "${as_postgres[@]}" "$programs/postgres" -D "$folder/server" -c port="$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c max_wal_size=256MB "${options[@]}" >>"$work/server.log" 2>&1 9>&- &
  started=$!
}

server_answers() { psql -XqtA -h 127.0.0.1 -p "$1" -U once -d postgres -c 'SELECT 1' >/dev/null 2>&1; }

# server_url PORT NAME=VALUE...: settings under which it may lose writes are accepted by name.
server_url() {
  local accepted=""
  case " $* " in
    *" fsync=off "*) accepted="?accept=fsync-off" ;;
    *" synchronous_commit=off "*) accepted="?accept=synchronous-commit-off" ;;
  esac
  echo "postgres://once@127.0.0.1:$1/postgres$accepted"
}
