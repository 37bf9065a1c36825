#!/usr/bin/env bash
# A missing key where one is required, and the shape of refusals.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start --require-key

row "missing and required: 400, title, and a link to what describes it"
send POST /payments "${alice[@]}" -d 1
expect_problem 400 key-missing new-key
expect "the title" "$(member title)" "Idempotency-Key is missing"
expect_like "the link" "$(header Link)" '<*>*rel="describedby"*'
expect "the number of effects" "$(effects)" 0

row "the link leads to the published policy"
link=$(sed -n 's/^<\([^>]*\)>.*/\1/p' <<<"$(header Link)")
send GET "${link#"$GATEWAY"}"
expect "the status" "$STATUS" 200
expect "the media type" "$(header Content-Type)" "application/json"

row "not required of what is not guarded"
send GET /payments
expect "the status" "$STATUS" 200

row "a refusal is never cached and never marked as a replay"
send POST /payments "${alice[@]}" -d 1
expect_like "Cache-Control" "$(header Cache-Control)" "*no-store*"
expect "the mark of a replay" "$(header Idempotent-Replayed)" ""

row "every kind of refusal has a type of its own, a title, a status and an advice"
send GET /.well-known/idempotency
kinds=$(jq '.refusals | length' <<<"$BODY")
expect "the number of types" "$(jq '[.refusals[].type] | unique | length' <<<"$BODY")" "$kinds"
expect "the number of titles" "$(jq '[.refusals[].title | select(length > 0)] | length' <<<"$BODY")" "$kinds"
advice=$(jq -c '[.refusals[].retry] | unique - ["same-key","same-key-later","new-key","never"]' <<<"$BODY")
expect "other advice" "$advice" "[]"

finish
