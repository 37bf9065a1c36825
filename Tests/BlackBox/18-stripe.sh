#!/usr/bin/env bash
# The profile stripe: refusals as Stripe words them.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start --profile stripe

row "stripe, mismatch: 400 and an idempotency_error"
post "$KEY"
post "$KEY" -d '{"amount":11}'
expect "the status" "$STATUS" 400
expect "the media type" "$(header Content-Type)" "application/json"
expect "the type" "$(member error.type)" "idempotency_error"
[ -n "$(member error.message)" ] || expect "the message" "" "a message"
expect "the number of effects" "$(effects "$KEY")" 1

row "stripe, in progress: 409 and idempotency_key_in_use"
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: after=1" &
running=$!
wait_effects "$KEY" 1
post "$KEY"
expect "the status" "$STATUS" 409
expect "the code" "$(member error.code)" "idempotency_key_in_use"
expect_like "Retry-After" "$(header Retry-After)" "[1-9]*"
wait $running

row "stripe, completed: the same replay, with Idempotent-Replayed: true"
post "$KEY"
first=$BODY
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "$first"

row "stripe, an invalid key: 400 and an invalid_request_error"
post '"unfinished'
expect "the status" "$STATUS" 400
expect "the type" "$(member error.type)" "invalid_request_error"

finish
