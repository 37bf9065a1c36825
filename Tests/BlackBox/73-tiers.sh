#!/usr/bin/env bash
# Redis in front of PostgreSQL behind the executable: replays without the database, losses in front, outages of both.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=postgres.bash
source "$(dirname "$0")/postgres.bash"
# shellcheck source=redis.bash
source "$(dirname "$0")/redis.bash"
# shellcheck source=demo.bash
source "$(dirname "$0")/demo.bash"
# shellcheck source=waiting.bash
source "$(dirname "$0")/waiting.bash"

cd "$WORK" || exit 1

trap 'stop_redis; stop_postgres; remove_postgres; stop_all' EXIT

start_redis
start_postgres
STORE=$POSTGRES_URL?request-timeout=2s
FRONT="redis://127.0.0.1:$REDIS_PORT/0?persistence=weak"
start --front "$FRONT"

row "both promises are told at start"
expect_like "the log" "$(cat "$WORK/gateway.log")" \
  "*Outcomes and doubts:*on the disk of the PostgreSQL server*Requests under way:*"

row "a request is performed once; its retry gets the first answer"
post "$KEY"
expect_performed
first=$BODY first_key=$KEY
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "$first"
expect "the outcome in PostgreSQL" "$(sql "SELECT count(*) FROM idempotency_records")" 1

row "operators see what is under way and what has ended"
post "$KEY" -H "X-Script: break=unanswered"
out=$("$ONCE" keys list --store "$STORE" --front "$FRONT" --json)
expect "the exit code" "$?" 0
expect "the states" "$(jq -r '[.records[].state] | sort | join(" ")' <<<"$out")" "completed in-doubt"
doubt_key=$KEY

row "another gateway without any memory of its own replays from the front, with the database away"
stop_gateway
start_gateway --front "$FRONT" --cache 0B
stop_postgres KILL
post "$first_key"
expect_replayed
expect "the answer" "$BODY" "$first"

row "nothing new is let in meanwhile; when the database is back, the same key runs once"
before=$(effects)
post "$KEY" --max-time 60
expect_problem 503 store-unavailable same-key
expect "the number of effects" "$(effects)" "$before"
start_postgres
# The claim in front stands until it has been looked at behind: a retry does that.
for _ in $(seq 100); do
  post "$KEY"
  [ "$STATUS" = 201 ] && break
  sleep 0.3
done
expect "the status" "$STATUS" 201
expect "the number of effects" "$(effects "$KEY")" 1

row "the front forgets everything: outcomes and doubts are still there"
stop_redis
start_redis
for _ in $(seq 100); do
  post "$first_key"
  [ "$STATUS" = 503 ] || break
  sleep 0.1
done
expect_replayed
expect "the answer" "$BODY" "$first"
post "$doubt_key"
expect_problem 409 in-doubt same-key-later
expect "the number of effects" "$(effects "$first_key")" 1
expect "what was copied in front, as counted" "$(metric 'idempotency_front_events_total{event="copied"}')" 2

row "a doubt is settled through both"
"$ONCE" keys release --store "$STORE" --front "$FRONT" --key "$doubt_key" --reason test --audit "$WORK/audit.jsonl" \
  >"$WORK/release.log" 2>&1
expect "the exit code" "$?" 0
post "$doubt_key"
expect_performed

row "sweeping by hand works through both"
out=$("$ONCE" sweep --store "$STORE" --front "$FRONT" 2>&1)
expect "the exit code" "$?" 0

waiting_row

demo_row

row "a front where none can stand, and a store that cannot be one, are refused with what is allowed"
message=$("$ONCE" keys list --store sqlite:x.db --front "$FRONT" 2>&1)
expect "the exit code" "$?" 2
expect_like "the message" "$message" "*--front*Allowed is postgres://*"
message=$("$ONCE" keys list --store "$STORE" --front sqlite:x.db 2>&1)
expect "the exit code" "$?" 2
expect_like "the message" "$message" "*--front*Allowed: redis://*"

finish
