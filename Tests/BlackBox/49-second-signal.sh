#!/usr/bin/env bash
# A second SIGTERM or SIGINT stops at once; what was in flight is left to the interrupted policy.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# ended PID CODE SECONDS: it ends within that time, with that exit code.
ended() {
  local _
  for _ in $(seq $(($3 * 10))); do kill -s 0 "$1" 2>/dev/null || break; sleep 0.1; done
  if kill -s 0 "$1" 2>/dev/null; then
    expect "the process after $3 s" "still running" "ended"
    kill -s KILL "$1"
  fi
  wait "$1"
  expect "the exit code" "$?" "$2"
}

for signals in "TERM TERM 143" "INT INT 130" "TERM INT 130"; do
  read -r one two code <<<"$signals"
  start --drain 600s
  row "$one, then $two: it ends at once with $code, and the attempt is in doubt afterwards"
  request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
    -H "X-Script: after=10" &
  running=$!
  wait_effects "$KEY" 1
  # In the background of a script a shell has children ignore SIGINT; the gateway takes it nevertheless.
  kill -s "$one" "$GATEWAY_PID"
  for _ in $(seq 200); do grep -q "a second signal stops at once" "$WORK/gateway.log" && break; sleep 0.1; done
  kill -s 0 "$GATEWAY_PID" || expect "the process after one signal" "ended" "draining"
  kill -s "$two" "$GATEWAY_PID"
  ended "$GATEWAY_PID" "$code" 10
  GATEWAY_PID=""
  wait $running
  start
  post "$KEY"
  expect_problem 409 in-doubt same-key-later
  expect "the number of effects" "$(effects "$KEY")" 1
  : >"$WORK/gateway.log"
done

row "with nothing in flight one signal is enough"
start --drain 600s
kill -s TERM "$GATEWAY_PID"
ended "$GATEWAY_PID" 0 60
GATEWAY_PID=""

row "the demo: a second signal ends it and the service that it started"
"$ONCE" demo --listen "127.0.0.1:$GATEWAY_PORT" --data "$WORK/demo" >"$WORK/demo.log" 2>&1 &
demo=$!
GATEWAY_PID=$demo
wait_for "the demo" "$GATEWAY/" "$demo"
child=$(pgrep -P "$demo" | head -n 1)
[ -n "$child" ] || expect "the payments service" "" "running"
kill -s TERM "$demo"
kill -s TERM "$demo"
for _ in $(seq 200); do kill -s 0 "$demo" 2>/dev/null || break; sleep 0.1; done
wait "$demo"
code=$?
# The first alone may have been enough by then.
[ "$code" = 143 ] || expect "the exit code" "$code" 0
GATEWAY_PID=""
for _ in $(seq 200); do kill -s 0 "$child" 2>/dev/null || break; sleep 0.1; done
kill -s 0 "$child" 2>/dev/null && expect "the payments service" "running" "ended"

finish
