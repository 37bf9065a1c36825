#!/usr/bin/env bash
# Refusals and replays of the gateway itself are readable for the pages that are listed, and for no others.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

page=(-H "Origin: https://shop.example")
start --cors-origin https://shop.example --cors-origin https://www.shop.example --require-key

row "a refusal is readable for a listed page"
send POST /payments "${alice[@]}" "${page[@]}" -d 1
expect_problem 400 key-missing new-key
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" "https://shop.example"
expect "what it depends on" "$(header Vary)" "Origin"
expect_like "the exposed headers" "$(header Access-Control-Expose-Headers)" "*Idempotent-Replayed*Retry-After*"
expect "the allowed credentials" "$(header Access-Control-Allow-Credentials)" ""

row "a replay is, too"
post "$KEY" "${page[@]}"
expect_performed
post "$KEY" "${page[@]}"
expect_replayed
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" "https://shop.example"

row "no other origin is reflected"
send POST /payments "${alice[@]}" -H "Origin: https://shop.example.evil.example" -d 1
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" ""

row "a preflight is answered by the upstream; the key may be sent where it allows the origin"
allowed="header=Access-Control-Allow-Headers: Content-Type"
send OPTIONS /payments "${page[@]}" -H "Access-Control-Request-Method: POST" \
  -H "Access-Control-Request-Headers: content-type,idempotency-key" \
  -H "X-Script: header=Access-Control-Allow-Origin: https://shop.example;$allowed"
expect "the status" "$STATUS" 200
expect "the allowed headers" "$(header Access-Control-Allow-Headers)" "Content-Type, Idempotency-Key"

row "without the option nothing is added"
start
post "$KEY" "${page[@]}"
post "$KEY" "${page[@]}" -d '{"amount":11}'
expect_problem 422 key-mismatch never
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" ""

row "what is no origin is refused at start"
"$ONCE" gateway --upstream "$UPSTREAM" --cors-origin shop.example 2>"$WORK/error"
expect "the exit code" "$?" 2
expect_like "the error" "$(cat "$WORK/error")" "*cors-origin*https://HOST*"

finish
