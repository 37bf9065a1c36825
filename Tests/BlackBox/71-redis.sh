#!/usr/bin/env bash
# The Redis store behind the executable: replays over two gateways, losses, refusals at start.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=demo.bash
source "$(dirname "$0")/demo.bash"
# shellcheck source=waiting.bash
source "$(dirname "$0")/waiting.bash"
# shellcheck source=redis.bash
source "$(dirname "$0")/redis.bash"

STORE=redis://127.0.0.1:$REDIS_PORT/0

trap 'stop_redis; stop_all' EXIT

start_redis --appendonly yes --appendfsync always
start --audit "$WORK/audit.jsonl"

row "the first request runs, the second is a replay"
post "$KEY"
expect_performed
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "a gateway that comes later, on another machine, replays as well"
stop_gateway
start_gateway --audit "$WORK/audit.jsonl"
post "key-1-$$"
expect_replayed

row "another request under the same key is a mismatch"
post "$KEY"
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never

row "operators see the records while the gateway serves"
out=$("$ONCE" keys list --store "$STORE" --json)
expect "the exit code" "$?" 0
expect "the keys" "$(jq -r '[.records[].key] | sort | join(" ")' <<<"$out")" "key-1-$$ key-3-$$"

row "in doubt it stays until it is settled"
post "$KEY" -H "X-Script: break=unanswered"
post "$KEY"
expect_problem 409 in-doubt same-key-later
"$ONCE" keys release --store "$STORE" --key "$KEY" --reason test --audit "$WORK/audit.jsonl" >"$WORK/release.log" 2>&1
expect "the exit code" "$?" 0
post "$KEY"
expect_performed

row "a sweep has nothing to do"
out=$("$ONCE" sweep --store "$STORE")
expect "the exit code" "$?" 0
expect "the output" "$out" "Removed 0 expired records."

row "the server is away: 503, nothing runs; it comes back: the same key runs once"
stop_redis
before=$(effects)
post "$KEY" --max-time 60
expect_problem 503 store-unavailable same-key
expect "the number of effects" "$(effects)" "$before"
start_redis --appendonly yes --appendfsync always
for _ in $(seq 100); do
  post "$KEY"
  [ "$STATUS" = 201 ] && break
  sleep 0.1
done
expect "the status" "$STATUS" 201
expect "the number of effects" "$(effects "$KEY")" 1

row "what was answered before the crash is still there"
post "key-1-$$"
expect_replayed

row "a server without memory takes no new key, and answers the old ones"
redis CONFIG SET maxmemory 1mb >/dev/null
post "$KEY"
expect_problem 503 store-unavailable same-key
expect "the number of effects" "$(effects "$KEY")" 0
post "key-3-$$"
expect_replayed
redis CONFIG SET maxmemory 0 >/dev/null

waiting_row

demo_row

row "a server that evicts keys is refused at start, and the message says what to do"
stop_gateway
redis CONFIG SET maxmemory 100mb >/dev/null
redis CONFIG SET maxmemory-policy allkeys-lru >/dev/null
message=$("$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$GATEWAY_PORT" \
  --admin "127.0.0.1:$ADMIN_PORT" --store "$STORE" 2>&1)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*allkeys-lru*eviction=accepted*"
redis CONFIG SET maxmemory-policy noeviction >/dev/null

row "a store that is not there is not made by looking for it"
message=$("$ONCE" keys list --store "redis://127.0.0.1:$REDIS_PORT/5" 2>&1)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*no store with the prefix*"

row "a password is asked for, and not shown"
redis CONFIG SET requirepass sesame >/dev/null
message=$("$ONCE" keys list --store "$STORE" 2>&1)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*user name and password*"
printf 'sesame\n' >"$WORK/password"
"$ONCE" keys list --store "$STORE?password-file=$WORK/password" --json >"$WORK/list.json" 2>&1
expect "the exit code" "$?" 0
STORE=redis://:sesame@127.0.0.1:$REDIS_PORT/0
start_gateway --audit "$WORK/audit.jsonl"
post "key-1-$$"
expect_replayed
expect "the password in the log" "$(grep -c sesame "$WORK/gateway.log")" 0

finish
