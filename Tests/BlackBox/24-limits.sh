#!/usr/bin/env bash
# Limits on key, request body and stored answer; answers that cannot be stored leave a tombstone.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start --max-body 1000B --max-response 1000B

# body BYTES: so many bytes in a file.
body() { head -c "$1" /dev/zero | tr '\0' x >"$WORK/body"; }

for size in 999 1000; do
  row "a request body of $size bytes, the limit being 1000, is taken"
  body $size
  post "$KEY" --data-binary "@$WORK/body"
  expect_performed
done

row "a request body of 1001 bytes: 413, nothing runs, nothing is left of the key"
body 1001
post "$KEY" --data-binary "@$WORK/body"
expect_problem 413 body-too-large never
expect "the number of effects" "$(effects "$KEY")" 0
post "$KEY"
expect_performed

row "the limit holds for a body without a length, too"
body 1001
post "$KEY" -H "Transfer-Encoding: chunked" --data-binary "@$WORK/body"
expect_problem 413 body-too-large never
expect "the number of effects" "$(effects "$KEY")" 0

for size in 999 1000; do
  row "an answer of $size bytes, the limit being 1000, is stored and replayed whole"
  post "$KEY" -H "X-Script: size=$size"
  first=$(sha256sum <"$WORK/answer.body")
  post "$KEY"
  expect_replayed
  expect "the answer" "$(sha256sum <"$WORK/answer.body")" "$first"
  expect "its length" "$(wc -c <"$WORK/answer.body")" $size
done

for how in "" ";chunked"; do
  row "an answer of 1001 bytes${how:+ without a length} goes to the first caller whole and leaves a tombstone"
  post "$KEY" -H "X-Script: size=1001$how"
  expect_performed
  expect "its length" "$(wc -c <"$WORK/answer.body")" 1001
  for _ in 1 2; do
    post "$KEY"
    expect_problem 410 answer-not-kept never
  done
  expect "the number of effects" "$(effects "$KEY")" 1
done

row "an event stream goes to the first caller and leaves a tombstone"
post "$KEY" -H "X-Script: events"
expect_performed 200
expect "the events" "$(grep -c '^data:' "$WORK/answer.body")" 3
post "$KEY"
expect_problem 410 answer-not-kept never
expect "the number of effects" "$(effects "$KEY")" 1

row "a tombstone is no loophole: another request under the key is still a mismatch"
post "$KEY" -H "X-Script: size=1001"
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never

cat >"$WORK/once.yaml" <<'YAML'
routes:
  - path: /exports
    keep-answers: false
YAML
start --config "$WORK/once.yaml"

row "a route whose answers are not kept leaves tombstones"
send POST /exports "${alice[@]}" -H "Idempotency-Key: $KEY" -d 1
expect_performed
send POST /exports "${alice[@]}" -H "Idempotency-Key: $KEY" -d 1
expect_problem 410 answer-not-kept never
expect "the number of effects" "$(effects "$KEY")" 1

finish
