#!/usr/bin/env bash
# Completed: the stored status, body and headers, marked as a replay; also for stored errors.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

row "completed: the first answer again, byte for byte, with Idempotent-Replayed: true"
post "$KEY" -H "X-Script: status=202;body=first answer;header=Location: /payments/1"
expect_performed 202
for _ in 1 2 3; do
  post "$KEY"
  expect_replayed 202
  expect "the answer" "$BODY" "first answer"
  expect "Location" "$(header Location)" "/payments/1"
done
expect "the number of effects" "$(effects "$KEY")" 1

for status in 400 404 409 422 500; do
  row "a stored error is replayed: $status"
  post "$KEY" -H "X-Script: status=$status;body=no"
  expect_performed "$status"
  post "$KEY"
  expect_replayed "$status"
  expect "the answer" "$BODY" "no"
  expect "the number of effects" "$(effects "$KEY")" 1
done

row "204: nothing is replayed as nothing"
post "$KEY" -H "X-Script: status=204;size=0"
expect_performed 204
post "$KEY"
expect_replayed 204
expect "the answer" "$BODY" ""

row "an answer without a length is replayed whole"
post "$KEY" -H "X-Script: chunked;size=5000"
first=$(sha256sum <"$WORK/answer.body")
post "$KEY"
expect_replayed
expect "the answer" "$(sha256sum <"$WORK/answer.body")" "$first"
expect "its length" "$(wc -c <"$WORK/answer.body")" 5000

row "an answer outlives the gateway"
post "$KEY"
first=$BODY
stop_gateway KILL
start
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "$first"
expect "the number of effects" "$(effects "$KEY")" 1

row "the attempt's number and the key go to the upstream"
post "$KEY"
expect_like "the forwarded attempt" "$(grep " $KEY " "$WORK/effects" | cut -d ' ' -f 4)" "[1-9]*"

row "after the retention the key is new"
start --retention 1s
post "$KEY"
sleep 1.1
post "$KEY"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 2

finish
