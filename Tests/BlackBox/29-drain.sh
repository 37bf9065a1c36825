#!/usr/bin/env bash
# SIGTERM drains (scenario 12).
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

row "SIGTERM in the middle: the caller still gets the answer, it is stored, and the gateway ends with 0"
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: after=1;body=finished" &
running=$!
wait_effects "$KEY" 1
kill -s TERM "$GATEWAY_PID"
sleep 0.3
send POST /payments "${alice[@]}" -H "Idempotency-Key: late-$KEY" -d 1
[ "$STATUS" = 000 ] || expect_problem 503 shutting-down same-key
expect "the number of late effects" "$(effects "late-$KEY")" 0
wait $running
read_answer "$WORK/first"
expect_performed
expect "the answer" "$BODY" "finished"
wait "$GATEWAY_PID"
expect "the exit code" "$?" 0
GATEWAY_PID=""
start
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "SIGTERM and the upstream takes longer than the drain: in doubt afterwards, not run again"
start --drain 300ms
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: after=3" &
running=$!
wait_effects "$KEY" 1
stop_gateway TERM
start
post "$KEY"
expect_problem 409 in-doubt same-key-later
expect "the number of effects" "$(effects "$KEY")" 1
wait $running

finish
