#!/usr/bin/env bash
# In doubt: 409 with a type of its own; with the policy hold it never runs again by itself.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start --lease 1s

row "in doubt: 409, its own problem type, advice to ask later with the same key"
post "$KEY" -H "X-Script: break=unanswered"
post "$KEY"
expect_problem 409 in-doubt same-key-later
expect "the title" "$(member title)" "The outcome of this Idempotency-Key is in doubt"

row "hold: it does not run again, also when the lease is long over and the gateway was started anew"
post "$KEY" -H "X-Script: break=unanswered"
sleep 1.2
for _ in 1 2 3; do post "$KEY"; done
expect_problem 409 in-doubt same-key-later
start --lease 1s
post "$KEY"
expect_problem 409 in-doubt same-key-later
expect "the number of effects" "$(effects "$KEY")" 1

row "an operator settles it: from then on it is replayed"
post "$KEY" -H "X-Script: break=unanswered"
"$ONCE" keys list --store "$STORE" --key "$KEY" --json >"$WORK/list"
"$ONCE" keys resolve "$(jq -r '.. | .id? // empty' "$WORK/list")" --store "$STORE" --status 201 \
  --header "Content-Type: text/plain" --body-text settled --reason "seen in the bank's list" >/dev/null
expect "the exit code" "$?" 0
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "settled"
expect "the number of effects" "$(effects "$KEY")" 1

finish
