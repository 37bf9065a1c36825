# How powercut.sh makes, starts and recovers a Redis server. Sourced.
for tool in redis-server redis-cli; do command -v $tool >/dev/null || skip "there is no $tool"; done

# server_make FOLDER: nothing but a folder.
server_make() { mkdir "$1/server"; }

# server_start FOLDER PORT NAME=VALUE...: starts it; its number is in `started`.
server_start() {
  local folder=$1 port=$2 options=()
  shift 2
  for setting in "$@"; do options+=("--${setting%%=*}" "${setting#*=}"); done
  redis-server --port "$port" --bind 127.0.0.1 --dir "$folder/server" --daemonize no --save '' --appendonly yes \
    --appendfsync always "${options[@]}" >>"$work/server.log" 2>&1 9>&- &
  started=$!
}

server_answers() { [ "$(redis-cli -p "$1" ping 2>/dev/null)" = PONG ]; }

server_url() { echo "redis://127.0.0.1:$1/0?persistence=weak"; }
