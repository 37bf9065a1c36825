#!/usr/bin/env bash
# CORS: a page of another origin may read whether it got a replay.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

row "where CORS is in use, Idempotent-Replayed is exposed"
post "$KEY" -H "Origin: https://shop.example" -H "X-Script: header=Access-Control-Allow-Origin: https://shop.example"
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" "https://shop.example"
post "$KEY" -H "Origin: https://shop.example"
expect_replayed
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" "https://shop.example"
expect_like "the exposed headers" "$(header Access-Control-Expose-Headers)" "*Idempotent-Replayed*"

row "what the upstream exposes stays exposed"
post "$KEY" -H "Origin: https://shop.example" \
  -H "X-Script: header=Access-Control-Allow-Origin: *;header=Access-Control-Expose-Headers: X-Receipt"
expect_like "the exposed headers" "$(header Access-Control-Expose-Headers)" "*X-Receipt*"
post "$KEY" -H "Origin: https://shop.example"
expect_like "the exposed headers" "$(header Access-Control-Expose-Headers)" "*X-Receipt*Idempotent-Replayed*"

row "leave for one origin is not given to another"
post "$KEY" -H "Origin: https://shop.example" -H "X-Script: header=Access-Control-Allow-Origin: https://shop.example"
post "$KEY" -H "Origin: https://other.example"
expect_replayed
expect "the allowed origin" "$(header Access-Control-Allow-Origin)" ""

row "where CORS is not in use, nothing is exposed"
post "$KEY"
post "$KEY"
expect "the exposed headers" "$(header Access-Control-Expose-Headers)" ""

finish
