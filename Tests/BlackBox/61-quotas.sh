#!/usr/bin/env bash
# Quotas: new keys beyond a limit are refused before anything runs; keys that are there are answered as ever.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start --max-keys-per-scope 3

row "a caller with as many keys as allowed: 429, nothing runs"
for number in 1 2 3; do post "a-$number"; done
expect_performed
post "$KEY"
expect_problem 429 quota-reached same-key-later
expect "the hint" "$(header Retry-After)" 60
expect "the number of effects" "$(effects "$KEY")" 0

row "its old keys are answered as ever: replayed, mismatch"
post a-1
expect_replayed
post a-1 -d '{"amount":11}'
expect_problem 422 key-mismatch never

row "another caller is not touched"
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_performed

row "a gateway that starts anew knows the keys of the store"
start --max-keys-per-scope 3
for _ in $(seq 100); do
  # Before the first count is complete a new key may still pass.
  post "$KEY"
  [ "$STATUS" = 429 ] && break
  KEY=$KEY-more
done
expect_problem 429 quota-reached same-key-later
post a-2
expect_replayed

row "stored bytes are limited for all together"
start --max-stored-bytes 100KiB
for number in 1 2 3 4 5 6 7 8; do
  post "$KEY-$number" -H "X-Script: size=20000"
  [ "$STATUS" = 429 ] && break
done
expect_problem 429 quota-reached same-key-later
expect_like "the detail" "$(member detail)" "All room*"
post a-1
expect_replayed

row "limits that are none are refused at start"
"$ONCE" gateway --upstream "$UPSTREAM" --max-keys-per-scope 0 2>"$WORK/error"
expect "the exit code" "$?" 2
expect_like "the error" "$(cat "$WORK/error")" "*max-keys-per-scope*"

finish
