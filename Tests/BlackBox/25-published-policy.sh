#!/usr/bin/env bash
# The published policy, which the draft demands.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

cat >"$WORK/once.yaml" <<'YAML'
routes:
  - path: /payments/{id}/capture
    key: required
    retention: 48h
YAML
start --config "$WORK/once.yaml" --retention 36h --max-response 2000B

row "GET /.well-known/idempotency tells the revision of the draft"
send GET /.well-known/idempotency
expect "the status" "$STATUS" 200
expect "the media type" "$(header Content-Type)" "application/json"
expect "the specification" "$(member specification)" "draft-ietf-httpapi-idempotency-key-header-07"

row "it tells the syntax of keys"
expect "the longest key" "$(member key.maximumLength)" 255
expect_like "the syntax" "$(member key.syntax)" "*8941*"

row "it tells the routes, and the retention of each"
expect "the retention of the route" \
  "$(jq '.routes[] | select(.path == "/payments/{id}/capture") | .retentionSeconds' <<<"$BODY")" 172800
expect "its key" "$(jq -r '.routes[] | select(.path == "/payments/{id}/capture") | .key' <<<"$BODY")" required
expect "the retention of the rest" "$(jq '.routes[-1].retentionSeconds' <<<"$BODY")" 129600
expect "the methods of the rest" "$(jq -r '.routes[-1].methods | sort | join(" ")' <<<"$BODY")" "PATCH POST"

row "it tells what is stored"
expect "the limit" "$(jq '.routes[-1].maximumStoredResponse' <<<"$BODY")" 2000
expect_like "the stored statuses" "$(jq -r '.routes[-1].statuses.store | join(" ")' <<<"$BODY")" "200-*"
expect_like "the released statuses" "$(jq -r '.routes[-1].statuses.release | join(" ")' <<<"$BODY")" "*429*"

row "it tells how refusals look"
expect "a mismatch" "$(jq '.refusals[] | select(.type | endswith("key-mismatch")) | .status' <<<"$BODY")" 422

row "the upstream is not asked for it"
expect "the number of effects" "$(effects)" 0

finish
