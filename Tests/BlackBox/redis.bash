# A Redis server of the script's own, in its temporary folder on a free port. To be sourced after lib.bash.
#
#   start_redis [OPTION...]   starts it, without anything on a disk unless an option says so; then $REDIS_PORT
#   redis ARGUMENT...         asks it
#   stop_redis                kills it
REDIS_PORT=$(free_port)
REDIS_PID=""

start_redis() {
  redis-server --port "$REDIS_PORT" --bind 127.0.0.1 --dir "$WORK" --save "" --appendonly no --daemonize no "$@" \
    >>"$WORK/redis.log" 2>&1 &
  REDIS_PID=$!
  local _
  for _ in $(seq 200); do
    [ "$(redis PING 2>/dev/null)" = PONG ] && return 0
    sleep 0.05
  done
  echo "redis-server does not answer" >&2
  exit 1
}

stop_redis() {
  [ -n "$REDIS_PID" ] || return 0
  kill -s KILL "$REDIS_PID" 2>/dev/null
  wait "$REDIS_PID" 2>/dev/null
  REDIS_PID=""
}

redis() { redis-cli -p "$REDIS_PORT" "$@"; }
