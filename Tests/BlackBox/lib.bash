# What the black-box scripts have in common: a gateway in front of a scripted upstream, requests to it, and
# expectations. A script is a list of rows; each row is a line of the contract, and says what is expected of it.
#
#   start [OPTION...]      starts the upstream (once) and the gateway with these options
#   row TEXT               begins a row; $KEY is a fresh key
#   post KEY [CURL...]     POST /payments as Alice; then $STATUS, $BODY, `header NAME`
#   send METHOD TARGET [CURL...]
#   expect WHAT IS WANTED  compares; `expect_like` with a pattern
#   effects KEY            how often the request with this key took effect
set -uo pipefail

# The script is run by scripts/test.sh, which sets these; by hand it needs a built executable.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=${ROOT:-$(dirname "$(dirname "$HERE")")}
ONCE=${ONCE:-$ROOT/.build/debug/once}
if [ -z "${WORK:-}" ]; then WORK=$(mktemp -d); OWN_WORK=$WORK; fi

rows=0
bad_rows=0
row_is_bad=false
row_name=""
GATEWAY_PID=""
UPSTREAM_PID=""
STATUS="" BODY="" KEY=""

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

UPSTREAM_PORT=$(free_port)
GATEWAY_PORT=$(free_port)
ADMIN_PORT=$(free_port)
UPSTREAM=http://127.0.0.1:$UPSTREAM_PORT
GATEWAY=http://127.0.0.1:$GATEWAY_PORT
STORE=sqlite:$WORK/once.db

start_upstream() {
  [ -z "$UPSTREAM_PID" ] || return 0
  python3 "$HERE/upstream.py" "$UPSTREAM_PORT" "$WORK" &
  UPSTREAM_PID=$!
  wait_for "the upstream" "$UPSTREAM/" "$UPSTREAM_PID"
}

# wait_for WHAT URL PID: until it answers; it is over when the process has ended.
wait_for() {
  local _
  for _ in $(seq 200); do
    if curl -s -o /dev/null --max-time 2 "$2"; then return 0; fi
    kill -s 0 "$3" 2>/dev/null || break
    sleep 0.05
  done
  echo "$1 does not answer at $2" >&2
  [ ! -f "$WORK/gateway.log" ] || tail -n 20 "$WORK/gateway.log" >&2
  exit 1
}

start_gateway() {
  "$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$GATEWAY_PORT" --admin "127.0.0.1:$ADMIN_PORT" \
    --store "$STORE" "$@" >>"$WORK/gateway.log" 2>&1 &
  GATEWAY_PID=$!
  wait_for "the gateway" "$GATEWAY/.well-known/idempotency" "$GATEWAY_PID"
}

start() {
  start_upstream
  stop_gateway
  start_gateway "$@"
}

# stop_gateway [SIGNAL]
stop_gateway() {
  [ -n "$GATEWAY_PID" ] || return 0
  kill -s "${1:-TERM}" "$GATEWAY_PID" 2>/dev/null
  wait "$GATEWAY_PID" 2>/dev/null
  GATEWAY_PID=""
}

stop_all() {
  trap - EXIT
  stop_gateway KILL
  if [ -n "$UPSTREAM_PID" ]; then kill -s KILL "$UPSTREAM_PID" 2>/dev/null; wait "$UPSTREAM_PID" 2>/dev/null; fi
  [ -z "${OWN_WORK:-}" ] || rm -rf "$OWN_WORK"
}
trap stop_all EXIT

row() {
  end_row
  row_name=$1
  row_is_bad=false
  rows=$((rows + 1))
  KEY="key-$rows-$$"
}

end_row() {
  [ -n "$row_name" ] || return 0
  if $row_is_bad; then
    bad_rows=$((bad_rows + 1))
    echo "FAILED  $row_name"
  else
    echo "ok      $row_name"
  fi
  row_name=""
}

# Ends the script: fails if any row did.
finish() {
  end_row
  echo "$((rows - bad_rows)) of $rows rows hold"
  [ "$bad_rows" -eq 0 ]
  exit $?
}

expect() {
  [ "$2" = "$3" ] && return 0
  row_is_bad=true
  echo "        $row_name: $1 is '$2', expected '$3'"
}

expect_like() {
  # shellcheck disable=SC2053
  [[ $2 == $3 ]] && return 0
  row_is_bad=true
  echo "        $row_name: $1 is '$2', expected '$3'"
}

# send METHOD TARGET [CURL...]: STATUS is 000 when there was no answer.
send() {
  local method=$1 target=$2
  shift 2
  request "$WORK/answer" "$method" "$target" "$@"
  read_answer "$WORK/answer"
}

# request FILE METHOD TARGET [CURL...]: sends, and keeps the answer in FILE.*; for requests in the background.
request() {
  local file=$1 method=$2 target=$3
  shift 3
  rm -f "$file".*
  curl -s --path-as-is --max-time 20 -X "$method" -o "$file.body" -D "$file.head" -w '%{http_code}' "$@" \
    "$GATEWAY$target" >"$file.status" 2>/dev/null
}

read_answer() {
  STATUS=$(cat "$1.status")
  BODY=$(cat "$1.body" 2>/dev/null)
  HEAD=$1.head
}

# header NAME: its value in the last answer; nothing if it is not there. An interim answer does not count.
header() {
  awk -v name="$(tr '[:upper:]' '[:lower:]' <<<"$1")" '
    /^HTTP\// { value = "" }
    { line = $0; sub(/\r$/, "", line); colon = index(line, ":") }
    colon > 1 && tolower(substr(line, 1, colon - 1)) == name { value = substr(line, colon + 2) }
    END { print value }' "$HEAD"
}

alice=(-H "Authorization: Bearer alice")
bob=(-H "Authorization: Bearer bob")
json=(-H "Content-Type: application/json")

# metrics: all that the gateway counts. metric SERIES: the value of one.
metrics() { curl -s --max-time 5 "http://127.0.0.1:$ADMIN_PORT/metrics"; }
metric() { metrics | awk -v series="$1" 'index($0, series " ") == 1 { print $2 }'; }

# post KEY [CURL...]: one payment of Alice's; of ten, unless a body is given.
post() {
  local key=$1 argument body=(-d '{"amount":10}')
  shift
  for argument in "$@"; do case $argument in -d | --data*) body=() ;; esac; done
  send POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $key" ${body[@]+"${body[@]}"} "$@"
}

# effects KEY: how often a request with this key took effect; without a key, how often anything did.
effects() {
  [ -f "$WORK/effects" ] || { echo 0; return; }
  awk -v key="${1-}" 'key == "" || $3 == key { count++ } END { print count + 0 }' "$WORK/effects"
}

# wait_effects KEY NUMBER: waits until it took effect so often.
wait_effects() {
  local _
  for _ in $(seq 200); do [ "$(effects "$1")" -ge "$2" ] && return 0; sleep 0.05; done
  expect "the number of effects" "$(effects "$1")" "$2"
}

# member NAME: a member of the JSON answer.
member() { jq -r ".$1 // empty" <<<"$BODY" 2>/dev/null; }

# A refusal as problem details: status, kind, advice.
expect_problem() {
  expect "the status" "$STATUS" "$1"
  expect "the media type" "$(header Content-Type)" "application/problem+json"
  expect_like "the type" "$(member type)" "*$2"
  expect "the advice" "$(member retry)" "$3"
  expect "the status in the body" "$(member status)" "$1"
  [ -n "$(member title)" ] || expect "the title" "" "a title"
  [ -n "$(member detail)" ] || expect "the detail" "" "a detail"
}

# A first answer, and a replay of it.
expect_performed() {
  expect "the status" "$STATUS" "${1:-201}"
  expect "the mark of a replay" "$(header Idempotent-Replayed)" ""
}
expect_replayed() {
  expect "the status" "$STATUS" "${1:-201}"
  expect "the mark of a replay" "$(header Idempotent-Replayed)" "true"
}
