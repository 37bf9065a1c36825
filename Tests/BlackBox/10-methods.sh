#!/usr/bin/env bash
# Which methods: POST and PATCH are guarded, the others pass through; per route required, optional, off.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

cat >"$WORK/once.yaml" <<YAML
routes:
  - path: /off/**
    key: "off"
  - path: /required/**
    key: required
  - path: /chosen/**
    methods: [PUT, DELETE]
    key: optional
YAML
start --config "$WORK/once.yaml"

for method in POST PATCH; do
  row "$method is guarded: the second one is a replay and has no effect"
  for _ in 1 2; do send "$method" /payments "${alice[@]}" -H "Idempotency-Key: $KEY" -d once; done
  expect_replayed
  expect "the number of effects" "$(effects "$KEY")" 1
done

for method in PUT DELETE; do
  row "$method passes through: with a key, each one has its effect"
  for _ in 1 2; do send "$method" /payments "${alice[@]}" -H "Idempotency-Key: $KEY" -d twice; done
  expect_performed
  expect "the number of effects" "$(effects "$KEY")" 2
done

for method in GET OPTIONS TRACE; do
  row "$method passes through, with its query"
  send "$method" "/payments?a=1" "${alice[@]}" -H "Idempotency-Key: $KEY"
  expect "the status" "$STATUS" 200
  expect "the answer" "$BODY" "$method /payments?a=1"
done

row "HEAD passes through, without a body"
send HEAD /payments --head -H "Idempotency-Key: $KEY"
expect "the status" "$STATUS" 200
expect "the mark of a replay" "$(header Idempotent-Replayed)" ""

for method in PUT DELETE; do
  row "$method is guarded where a route says so"
  for _ in 1 2; do send "$method" /chosen/1 "${alice[@]}" -H "Idempotency-Key: $KEY" -d once; done
  expect_replayed
  expect "the number of effects" "$(effects "$KEY")" 1
done

row "off: keys mean nothing on such a route"
for _ in 1 2; do send POST /off/1 "${alice[@]}" -H "Idempotency-Key: $KEY" -d twice; done
expect_performed
expect "the number of effects" "$(effects "$KEY")" 2

row "optional: without a key every request has its effect"
before=$(effects)
for _ in 1 2; do send POST /payments "${alice[@]}" -d twice; done
expect_performed
expect "the number of effects" $(($(effects) - before)) 2

row "required: without a key nothing has an effect"
before=$(effects)
send POST /required/1 "${alice[@]}" -d never
expect_problem 400 key-missing new-key
expect "the number of effects" "$(effects)" "$before"

finish
