#!/usr/bin/env bash
# The scope: two callers never see each other's keys.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

row "two credentials, the same key: two executions, two answers"
post "$KEY"
expect_performed
first=$BODY
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_performed
[ "$BODY" != "$first" ] || expect "the answer" "Alice's" "Bob's"
expect "the number of effects" "$(effects "$KEY")" 2

row "another caller's key looks like a fresh one, also with another body"
post "$KEY"
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":11}'
expect_performed

row "without a credential, callers share one scope, apart from all others"
post "$KEY"
send POST /payments "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_performed
send POST /payments "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_replayed

row "the gateway says at start that callers without a credential share a scope"
grep -qi "anonymous" "$WORK/gateway.log" || expect "the log at start" "silent" "a word on anonymous callers"

row "the credential itself is nowhere in the store nor in the log"
post "$KEY" -H "Authorization: Bearer s3cr3t-of-carol"
grep -q "s3cr3t-of-carol" "$WORK"/once.db* "$WORK/gateway.log" && expect "the credential" "written down" "hashed"

row "key, body and answer are not in the log, however much it tells"
start --log-level trace
: >"$WORK/gateway.log"
post "k3y-of-carol" -H "X-Script: body=answer-for-carol" -d '{"card":"4111-of-carol"}'
expect_performed
post "k3y-of-carol" -H "X-Script: body=answer-for-carol" -d '{"card":"4111-of-carol"}'
expect_replayed
post "k3y-of-carol" -d '{"card":"4222-of-carol"}'
expect_problem 422 key-mismatch never
stop_gateway
[ -s "$WORK/gateway.log" ] || expect "the log" "empty" "something to look at"
grep "of-carol\|answer-for-carol" "$WORK/gateway.log" >"$WORK/told" &&
  expect "the log" "$(head -n 1 "$WORK/told")" "digests"

start --anonymous refuse

row "--anonymous refuse: turned away with 401, nothing runs"
before=$(effects)
send POST /payments "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_problem 401 credential-missing same-key
expect "the number of effects" "$(effects)" "$before"
post "$KEY"
expect_performed

start --scope header:X-Tenant

row "another header as scope: two tenants with one credential are two scopes"
post "$KEY" -H "X-Tenant: one"
post "$KEY" -H "X-Tenant: two"
expect_performed
post "$KEY" -H "X-Tenant: one"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 2

finish
