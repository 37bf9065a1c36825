#!/usr/bin/env bash
# The same key with another request: 422, checked before "in progress".
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

row "same key, other body: 422, title, and the original is intact"
post "$KEY"
expect_performed
first=$BODY
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never
expect "the title" "$(member title)" "Idempotency-Key is already used"
expect_like "the answer" "$BODY" "*"
[[ $BODY != *"$first"* ]] || expect "the outcome in a mismatch" told untold
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "$first"
expect "the number of effects" "$(effects "$KEY")" 1

row "same key, other body, while the first still runs: 422, not 409"
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: after=1" &
running=$!
wait_effects "$KEY" 1
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never
wait $running
read_answer "$WORK/first"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 1

row "same key, other body, while the first is in doubt: 422, not 409"
post "$KEY" -H "X-Script: break=unanswered"
expect_problem 502 upstream-broke-off same-key-later
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never
expect "the number of effects" "$(effects "$KEY")" 1

finish
