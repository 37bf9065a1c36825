#!/usr/bin/env bash
# HTTP/2 means what HTTP/1.1 means: guarded and passed-through requests, large bodies, many at a time, a drain.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

h2=(--http2-prior-knowledge)
http2() { timeout 60 python3 "$HERE/http2.py" "$GATEWAY_PORT" "$@"; }

start

row "the first request runs, a retry is replayed, another request under the key is a mismatch"
post "$KEY" "${h2[@]}"
expect_performed
first=$BODY
post "$KEY" "${h2[@]}"
expect_replayed
expect "the answer" "$BODY" "$first"
post "$KEY" "${h2[@]}" -d '{"amount":11}'
expect_problem 422 key-mismatch never
expect "the number of effects" "$(effects "$KEY")" 1

row "while it runs a duplicate gets 409, over either version"
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" "${h2[@]}" -H "Idempotency-Key: $KEY" \
  -d '{"amount":10}' -H "X-Script: after=2" &
running=$!
wait_effects "$KEY" 1
post "$KEY" "${h2[@]}"
expect "the status" "$STATUS" 409
post "$KEY"
expect "the status" "$STATUS" 409
wait $running
read_answer "$WORK/first"
expect_performed

row "GET and HEAD pass through; a HEAD has no body"
send GET /things "${h2[@]}"
expect "the answer" "$BODY" "GET /things"
send HEAD /things "${h2[@]}" -I
expect "the status" "$STATUS" 200
expect "the length" "$(header content-length)" 13

row "204 has no body, 500 and a missing key are answered as over HTTP/1.1"
post "$KEY" "${h2[@]}" -H "X-Script: status=204"
expect "the status" "$STATUS" 204
expect "the body" "$BODY" ""
post "$KEY-2" "${h2[@]}" -H "X-Script: status=500;body=broken"
expect "the status" "$STATUS" 500
expect "the body" "$BODY" "broken"

row "a body of ten megabytes goes up, an answer of ten megabytes comes down, and neither is held"
head -c 10000000 /dev/zero >"$WORK/large"
send PUT /large "${h2[@]}" -T "$WORK/large" -H "X-Script: size=10000000"
expect "the status" "$STATUS" 201
expect "the size" "$(wc -c <"$WORK/answer.body")" 10000000

row "a guarded answer that outgrows the limit is streamed, and not kept"
post "$KEY" "${h2[@]}" -H "X-Script: size=3000000;chunked"
expect "the size" "$(wc -c <"$WORK/answer.body")" 3000000
post "$KEY" "${h2[@]}" -H "X-Script: size=3000000;chunked"
expect "the status" "$STATUS" 410

row "a body beyond the limit is refused before anything is claimed"
head -c 2000000 /dev/zero >"$WORK/too-large"
post "$KEY" "${h2[@]}" --data-binary @"$WORK/too-large"
expect "the status" "$STATUS" 413
expect "the number of effects" "$(effects "$KEY")" 0

row "Expect: 100-continue is answered"
expect "the outcome" "$(http2 expect-continue "$KEY")" "100 201"

row "two thousand requests, a hundred at a time on each of four connections, all answered"
report=$(h2load -n 2000 -c 4 -m 100 "$GATEWAY/many" 2>&1)
expect_like "the report" "$report" "*2000 succeeded, 0 failed, 0 errored, 0 timeout*"

row "a client that resets its request cancels nothing, and its connection goes on"
expect "the next request" "$(http2 reset-while-running "$KEY" 'after=1;body=finished' "$WORK")" 200
wait_effects "$KEY" 1
for _ in $(seq 100); do
  send POST /payments -H "Idempotency-Key: $KEY" -d whole -H "X-Script: after=1;body=finished" -H "Content-Type:"
  [ "$STATUS" != 409 ] && break
  sleep 0.1
done
expect_replayed
expect "the answer" "$BODY" "finished"
expect "the number of effects" "$(effects "$KEY")" 1

row "a request that is reset before its body is complete leaves no record"
expect "the next request" "$(http2 reset-before-claim "$KEY")" 200
expect "the record" "$("$ONCE" keys list --store "$STORE" 2>/dev/null | grep -c "$KEY")" 0
post "$KEY" "${h2[@]}"
expect_performed

row "SIGTERM: the client is told to go, its request is answered, the gateway ends with 0"
http2 announced-end >"$WORK/drained" &
client=$!
wait_effects drained 1
kill -s TERM "$GATEWAY_PID"
wait $client
expect "what the client saw" "$(tail -n 1 "$WORK/drained")" "goaway any, goaway 1, 201, closed"
wait "$GATEWAY_PID"
expect "the exit code" "$?" 0
GATEWAY_PID=""

row "off: what begins like HTTP/2 is no HTTP/1.1"
start --http2 off
expect "the outcome" "$(curl -s -o /dev/null -w '%{http_code}' "${h2[@]}" "$GATEWAY/")" 000
send GET /things
expect "the answer" "$BODY" "GET /things"

finish
