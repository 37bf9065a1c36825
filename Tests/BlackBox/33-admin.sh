#!/usr/bin/env bash
# The admin listener: health, readiness, metrics, and the keys API behind a token; the gateway's start and its end.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
ADMIN=http://127.0.0.1:$ADMIN_PORT
TOKEN=0123456789abcdef0123

# admin METHOD TARGET [CURL...]: STATUS and BODY tell what came back.
admin() {
  local method=$1 target=$2
  shift 2
  STATUS=$(curl -s --max-time 10 -X "$method" -o "$WORK/admin.body" -w '%{http_code}' "$@" "$ADMIN$target")
  BODY=$(cat "$WORK/admin.body")
}
token=(-H "Authorization: Bearer $TOKEN")

start --admin-token "$TOKEN"

row "the start tells store, promise, scope and policy, and warns of the anonymous scope"
log=$(cat "$WORK/gateway.log")
expect_like "the log" "$log" "*idempotency.interrupted=hold: it stays in doubt*"
expect_like "the log" "$log" "*idempotency.promise=An answered write is on the disk*"
expect_like "the log" "$log" "*idempotency.scope=the Authorization header; callers without it share one scope*"
expect_like "the log" "$log" "*--anonymous refuse*"
expect_like "the line" "$log" "*once gateway is ready: $GATEWAY forwards to $UPSTREAM, admin $ADMIN*"

row "health and readiness need no token"
for target in /healthz /readyz; do
  admin GET $target
  expect "the status of $target" "$STATUS" 200
done

row "metrics count requests and records"
post one
post one
post doubtful -H "X-Script: break=unanswered"
expect "executed" "$(metric 'idempotency_gateway_requests_total{outcome="executed"}')" 1
expect "replayed" "$(metric 'idempotency_gateway_requests_total{outcome="replayed"}')" 1
expect "in doubt" "$(metric 'idempotency_gateway_requests_total{outcome="in_doubt"}')" 1
expect "completed records" "$(metric 'idempotency_records{state="completed"}')" 1
expect "records in doubt" "$(metric 'idempotency_records{state="in_doubt"}')" 1
expect "ready" "$(metric idempotency_gateway_ready)" 1
metrics=$(metrics)
expect_like "the text" "$metrics" "*# HELP idempotency_gateway_requests_total *"
expect_like "the text" "$metrics" "*# TYPE idempotency_gateway_requests_total counter*"
expect_like "the text" "$metrics" "*# TYPE idempotency_gateway_request_duration_seconds histogram*"
series='idempotency_gateway_request_duration_seconds_bucket{outcome="executed",le="+Inf"}'
expect "the number of durations" "$(metric "$series")" 1

row "without the token the keys API tells nothing"
for header in "X: y" "Authorization: Bearer wrong-wrong-wrong-wrong" "Authorization: Basic $TOKEN"; do
  admin GET /keys -H "$header"
  expect "the status" "$STATUS" 401
done

row "keys are listed and shown"
admin GET "/keys?state=in-doubt" "${token[@]}"
expect "the status" "$STATUS" 200
expect "the key" "$(member 'records[0].key')" doubtful
id=$(member 'records[0].id')
admin GET "/keys/$id" "${token[@]}"
expect "the state" "$(member state)" in-doubt

row "a settlement without a reason is refused"
admin POST "/keys/$id/resolve" "${token[@]}" -d '{"status":201}'
expect "the status" "$STATUS" 400
expect "the code" "$(member code)" reason-missing

row "a doubt is resolved, and every retry gets the outcome"
admin POST "/keys/$id/resolve" "${token[@]}" -d '{"status":201,"body":"seen","reason":"the bank has it","by":"ann"}'
expect "the status" "$STATUS" 200
expect "the state" "$(member state)" completed
post doubtful
expect_replayed
expect "the body" "$BODY" seen
expect "who" "$(tail -n 1 "$WORK/once.db.audit.jsonl" | jq -r .who)" admin-api:ann

row "it cannot be settled twice"
admin POST "/keys/$id/release" "${token[@]}" -d '{"reason":"again"}'
expect "the status" "$STATUS" 409
expect "the code" "$(member code)" completed

row "a shutdown lets what runs come to its end, and leaves with exit code 0"
request "$WORK/slow" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" \
  -H "X-Script: after=1" -d '{"amount":10}' &
slow=$!
wait_effects "$KEY" 1
kill -s TERM "$GATEWAY_PID"
wait "$GATEWAY_PID"
expect "the exit code" "$?" 0
GATEWAY_PID=""
wait "$slow"
read_answer "$WORK/slow"
expect_performed
start --admin-token "$TOKEN"
post "$KEY" -H "X-Script: after=1"
expect_replayed

finish
