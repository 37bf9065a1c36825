#!/usr/bin/env bash
# Several upstreams: shared out, put aside when they cannot be reached, taken back; never the same request twice.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

OTHER_PORT=$(free_port)
OTHER_PID=""
# The effects of the other one in a ledger of its own.
mkdir "$WORK/other"

start_other() {
  python3 "$HERE/upstream.py" "$OTHER_PORT" "$WORK/other" 2>/dev/null &
  OTHER_PID=$!
  wait_for "the other upstream" "http://127.0.0.1:$OTHER_PORT/" "$OTHER_PID"
}
kill_other() { kill -s KILL "$OTHER_PID" 2>/dev/null; wait "$OTHER_PID" 2>/dev/null; }
trap 'kill_other; stop_all' EXIT

both_effects() { cat "$WORK/effects" "$WORK/other/effects" 2>/dev/null | awk -v key="$1" '$3 == key' | wc -l; }
others_effects() { wc -l 2>/dev/null <"$WORK/other/effects" || echo 0; }
ready() { curl -s -o "$WORK/ready" -w '%{http_code}' --max-time 5 "http://127.0.0.1:$ADMIN_PORT/readyz"; }
# wait_metric SERIES VALUE
wait_metric() {
  local _
  for _ in $(seq 300); do [ "$(metric "$1")" = "$2" ] && return 0; sleep 0.1; done
  expect "$1" "$(metric "$1")" "$2"
}

first="idempotency_upstream_addresses{state=\"up\",upstream=\"$UPSTREAM\"}"
second="idempotency_upstream_addresses{state=\"up\",upstream=\"http://127.0.0.1:$OTHER_PORT\"}"

start_other
start --upstream "http://127.0.0.1:$OTHER_PORT"

row "requests are shared out among them"
for number in $(seq 12); do
  post "$KEY-$number"
  expect_performed
  expect "the number of effects" "$(both_effects "$KEY-$number")" 1
done
share=$(others_effects)
# Every event loop takes turns of its own, so that it need not be half to the request.
[ "$share" -ge 4 ] && [ "$share" -le 8 ] || expect "the other's share" "$share" "about 6"
expect "the addresses that are up" "$(metric "$first") $(metric "$second")" "1 1"

row "one is killed: every request is answered by the one that is left, and takes effect once"
kill_other
for number in 1 2 3 4 5 6; do
  post "$KEY-$number"
  expect_performed
  expect "the number of effects" "$(both_effects "$KEY-$number")" 1
done
expect "the other's effects" "$(others_effects)" "$share"
wait_metric "$second" 0
expect "readiness" "$(ready)" 200

row "it is back: it gets requests again"
start_other
wait_metric "$second" 1
for number in $(seq 8); do
  post "$KEY-$number"
  expect_performed
done
[ "$(others_effects)" -gt "$share" ] || expect "the other's effects" "$(others_effects)" "more than $share"

row "one breaks off after the request was sent: 502, in doubt, and the other one never gets it"
post "$KEY" -H "X-Script: break=unanswered"
expect_problem 502 upstream-broke-off same-key-later
for _ in 1 2 3; do
  post "$KEY" -H "X-Script: break=unanswered"
  expect_problem 409 in-doubt same-key-later
done
expect "the number of effects" "$(both_effects "$KEY")" 1

row "all are down: 502 with the key free, replays as ever, and the gateway is not ready"
done_key=done-$KEY
post "$done_key"
expect_performed
kill_other
kill -s KILL "$UPSTREAM_PID"
wait "$UPSTREAM_PID" 2>/dev/null
UPSTREAM_PID=""
post "$KEY"
expect_problem 502 upstream-unreachable same-key
post "$done_key"
expect_replayed
wait_metric "$first" 0
wait_metric "$second" 0
expect "readiness" "$(ready)" 503
expect "what it says" "$(cat "$WORK/ready")" "not ready: no upstream can be reached"

row "one is back: ready, and the key that was free runs"
start_upstream
wait_metric "$first" 1
expect "readiness" "$(ready)" 200
post "$KEY"
expect_performed
expect "the number of effects" "$(both_effects "$KEY")" 1

row "metrics tell what went where"
answered=$(metrics | grep -c '^idempotency_upstream_exchanges_total{result="answered",upstream="http')
expect "the series of answered exchanges" "$answered" 2
failures=$(metric "idempotency_upstream_connect_failures_total{upstream=\"http://127.0.0.1:$OTHER_PORT\"}")
[ "${failures:-0}" -ge 1 ] || expect "the connections that failed" "$failures" "1 or more"
expect "what is outstanding" "$(metric "idempotency_upstream_outstanding{upstream=\"$UPSTREAM\"}")" 0

finish
