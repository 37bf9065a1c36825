#!/usr/bin/env bash
# An interrupted attempt: hold, rerun, ask.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# crash: sends a payment and kills the gateway with -9 after the effect, before the answer.
crash() {
  request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
    -H "X-Script: after=1" &
  running=$!
  wait_effects "$KEY" 1
  stop_gateway KILL
  wait $running
  read_answer "$WORK/first"
  expect "what the caller of the crashed attempt got" "$STATUS" 000
}

start --lease 1h
row "hold, after kill -9: in doubt at once, also under a lease of an hour; not run again"
crash
start --lease 1h
for _ in 1 2; do post "$KEY"; done
expect_problem 409 in-doubt same-key-later
expect "the number of effects" "$(effects "$KEY")" 1

# What a dead gateway has sent may be under way still: before the lease is over nobody sends it again or believes that
# nothing happened.
lease=(--lease 3s)

start --interrupted rerun "${lease[@]}"
row "rerun, after kill -9: sent again when the lease is over, for upstreams that honour the key"
crash
start --interrupted rerun "${lease[@]}"
post "$KEY"
expect_problem 409 in-progress same-key
sleep 3
post "$KEY"
expect_performed
post "$KEY"
expect_replayed
expect "how often it was sent" "$(effects "$KEY")" 2
fences=$(awk -v key="$KEY" '$3 == key { print $4 }' "$WORK/effects" | xargs)
expect "the attempts grow" "$(tr ' ' '\n' <<<"$fences" | sort -n -u | xargs)" "$fences"

row "rerun, after the upstream broke off: the key is free for another try"
post "$KEY" -H "X-Script: break=unanswered"
expect "the status" "$STATUS" 502
post "$KEY"
expect_performed
expect "how often it was sent" "$(effects "$KEY")" 2

ask=(--interrupted "ask:$UPSTREAM/ask" "${lease[@]}")
start "${ask[@]}"
row "ask, after kill -9: it took effect, so when the lease is over its answer is replayed and nothing is sent"
crash
start "${ask[@]}"
post "$KEY"
expect_problem 409 in-progress same-key
sleep 3
post "$KEY"
expect_replayed 201
expect_like "the answer" "$BODY" "effect *"
expect "the number of effects" "$(effects "$KEY")" 1
expect_like "the question" "$(grep "^$KEY " "$WORK/asked" | tail -n 1)" "$KEY ?*"

row "ask, after the upstream broke off: the first caller gets the true answer already"
post "$KEY" -H "X-Script: break=unanswered"
expect "the status" "$STATUS" 201
expect_like "the answer" "$BODY" "effect *"
post "$KEY"
expect_replayed 201
expect "the number of effects" "$(effects "$KEY")" 1

row "ask, 404: it did nothing; believed when the lease is over, then the request is sent"
post "$KEY" -H "X-Script: break=unread"
expect_problem 502 upstream-broke-off same-key-later
post "$KEY"
expect_problem 409 in-progress same-key
expect "the number of effects" "$(effects "$KEY")" 0
sleep 3
post "$KEY"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 1

row "ask, anything else: unknown, in doubt, not run again"
echo 500 >"$WORK/ask"
post "$KEY" -H "X-Script: break=unanswered"
rm "$WORK/ask"
for _ in 1 2; do post "$KEY"; done
expect_problem 409 in-doubt same-key-later
expect "the number of effects" "$(effects "$KEY")" 1

finish
