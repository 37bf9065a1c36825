#!/usr/bin/env bash
# What is stored, what is released, and what is in doubt, by the answer of the upstream.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

for status in 200 201 204 301 302 303 400 402 404 405 409 410 415 422 451 500; do
  row "$status is stored: replayed, one effect"
  body="body=kept"
  [ "$status" != 204 ] || body="size=0"
  post "$KEY" -H "X-Script: status=$status;$body"
  expect_performed "$status"
  post "$KEY"
  expect_replayed "$status"
  expect "the number of effects" "$(effects "$KEY")" 1
done

# The upstream calls it an effect whenever it is asked; these statuses say that nothing was executed.
for status in 401 403 408 425 429; do
  row "$status is not stored: told to the caller, the key is free"
  post "$KEY" -H "X-Script: status=$status;body=refused"
  expect_performed "$status"
  expect "the answer" "$BODY" "refused"
  post "$KEY"
  expect_performed 201
  post "$KEY"
  expect_replayed 201
  expect "how often the upstream was asked" "$(effects "$KEY")" 2
done

row "503 with Retry-After is not stored: told to the caller, the key is free"
post "$KEY" -H "X-Script: status=503;header=Retry-After: 7;body=later"
expect_performed 503
expect "Retry-After" "$(header Retry-After)" 7
post "$KEY"
expect_performed 201

for status in 502 504; do
  row "$status from the upstream is in doubt: not run again, 409"
  post "$KEY" -H "X-Script: status=$status;body=proxy"
  expect "the status" "$STATUS" "$status"
  post "$KEY"
  expect_problem 409 in-doubt same-key-later
  expect "the number of effects" "$(effects "$KEY")" 1
done

row "503 without Retry-After is in doubt"
post "$KEY" -H "X-Script: status=503;body=?"
expect "the status" "$STATUS" 503
post "$KEY"
expect_problem 409 in-doubt same-key-later

for place in unread unanswered head body; do
  row "the upstream breaks off after the request was sent ($place): 502, in doubt, not resent"
  post "$KEY" -H "X-Script: break=$place;size=2000"
  expect_problem 502 upstream-broke-off same-key-later
  post "$KEY"
  expect_problem 409 in-doubt same-key-later
  limit=1
  [ "$place" != unread ] || limit=0
  expect "the number of effects" "$(effects "$KEY")" "$limit"
done

row "a connection that was never made: 502, nothing ran, the key is free"
idle=$UPSTREAM_PID
kill -s KILL "$idle"
wait "$idle" 2>/dev/null
UPSTREAM_PID=""
post "$KEY"
expect_problem 502 upstream-unreachable same-key
start_upstream
post "$KEY"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 1

start --upstream-timeout 300ms

row "the upstream does not answer in time: 504, in doubt, not resent"
post "$KEY" -H "X-Script: after=1.5"
expect_problem 504 upstream-timed-out same-key-later
post "$KEY"
expect_problem 409 in-doubt same-key-later
sleep 1.5
expect "the number of effects" "$(effects "$KEY")" 1

cat >"$WORK/once.yaml" <<'YAML'
routes:
  - path: /payments
    statuses: ["404 release", "500-599 in-doubt"]
YAML
start --config "$WORK/once.yaml"

row "changed by a route: what it releases is free, what it doubts is in doubt"
post "$KEY" -H "X-Script: status=404"
post "$KEY"
expect_performed 201
post "$KEY-2" -H "X-Script: status=500"
post "$KEY-2"
expect_problem 409 in-doubt same-key-later

finish
