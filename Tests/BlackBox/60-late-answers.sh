#!/usr/bin/env bash
# An upstream that answers after its time-out settles its own doubt.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start --upstream-timeout 300ms --late-answer 60s

# settled KEY: asks until the doubt of the key is settled.
settled() {
  local _
  for _ in $(seq 300); do
    post "$1"
    [ "$STATUS" = 409 ] || return 0
    sleep 0.1
  done
}

row "the caller is told 504, and the retry gets the answer that came after all"
post "$KEY" -H "X-Script: before=1;header=Location: /payments/1"
expect_problem 504 upstream-timed-out same-key-later
post "$KEY"
expect_problem 409 in-doubt same-key-later
settled "$KEY"
expect_replayed
expect "the location" "$(header Location)" "/payments/1"
expect "the number of effects" "$(effects "$KEY")" 1

row "what an operator said meanwhile stands, and the late answer is counted"
post "$KEY" -H "X-Script: before=3"
"$ONCE" keys list --store "$STORE" --key "$KEY" --json >"$WORK/list"
"$ONCE" keys resolve "$(jq -r '.. | .id? // empty' "$WORK/list")" --store "$STORE" --status 200 \
  --header "Content-Type: text/plain" --body-text "the operator's" --reason "known otherwise" >/dev/null
expect "the exit code" "$?" 0
wait_effects "$KEY" 1
for _ in $(seq 100); do
  metrics >"$WORK/metrics"
  grep -q 'late_answers_total{end="overruled"} 1' "$WORK/metrics" && break
  sleep 0.1
done
expect "the counted overruled" "$(grep -c 'late_answers_total{end="overruled"} 1' "$WORK/metrics")" 1
expect "the counted settled" "$(grep -c 'late_answers_total{end="settled"} 1' "$WORK/metrics")" 1
post "$KEY"
expect_replayed 200
expect "the answer" "$BODY" "the operator's"

start --upstream-timeout 300ms --wait 30s

row "a retry that may wait gets the late answer as its own"
post "$KEY" -H "X-Script: before=2"
expect "the status" "$STATUS" 504
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "a shutdown waits for the late answer within its grace"
post "$KEY" -H "X-Script: before=2"
expect "the status" "$STATUS" 504
stop_gateway TERM
start --upstream-timeout 300ms
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

start --upstream-timeout 300ms --late-answer 0s

row "switched off, the doubt stays"
post "$KEY" -H "X-Script: before=1"
expect "the status" "$STATUS" 504
wait_effects "$KEY" 1
sleep 0.5
post "$KEY"
expect_problem 409 in-doubt same-key-later

finish
