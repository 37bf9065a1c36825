#!/usr/bin/env bash
# The same request while the first still runs: 409, or wait.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

running() {
  request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
    -H "X-Script: after=1" &
  running=$!
  wait_effects "$KEY" 1
}

start

row "still running: 409, title, Retry-After"
running
post "$KEY"
expect_problem 409 in-progress same-key
expect "the title" "$(member title)" "A request is outstanding for this Idempotency-Key"
expect_like "Retry-After" "$(header Retry-After)" "[1-9]*"
wait $running
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "a double click: twenty at once, one effect, the others 409 or the same answer"
burst=()
for number in $(seq 20); do
  request "$WORK/burst-$number" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" \
    -d '{"amount":10}' -H "X-Script: after=0.3" &
  burst+=($!)
done
wait "${burst[@]}"
expect "the number of effects" "$(effects "$KEY")" 1
expect "the statuses" "$(sort -u <<<"$(cat "$WORK"/burst-*.status | sed 's/\(...\)/\1\n/g')" | xargs)" "201 409"
expect "the number of first answers" "$(grep -L -i '^Idempotent-Replayed' $(grep -l '^201' "$WORK"/burst-*.status |
  sed 's/status$/head/') | wc -l)" 1

start --wait 10s

row "wait: the duplicate gets the first answer when it is there"
running
post "$KEY"
expect_replayed
answer=$BODY
wait $running
read_answer "$WORK/first"
expect_performed
expect "the first answer" "$BODY" "$answer"
expect "the number of effects" "$(effects "$KEY")" 1

row "wait: twenty that wait, one effect, one answer for all"
burst=()
for number in $(seq 20); do
  request "$WORK/wait-$number" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" \
    -d '{"amount":10}' -H "X-Script: after=0.3" &
  burst+=($!)
done
wait "${burst[@]}"
expect "the number of effects" "$(effects "$KEY")" 1
expect "the number of different answers" "$(sort -u "$WORK"/wait-*.body | wc -l)" 1
expect "the number of replays" "$(grep -l -i '^Idempotent-Replayed: true' "$WORK"/wait-*.head | wc -l)" 19

start --wait 300ms

row "wait has a limit: then 409 with Retry-After"
running
post "$KEY"
expect_problem 409 in-progress same-key
expect_like "Retry-After" "$(header Retry-After)" "[1-9]*"
wait $running
expect "the number of effects" "$(effects "$KEY")" 1

finish
