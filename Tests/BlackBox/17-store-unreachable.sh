#!/usr/bin/env bash
# The store cannot be reached: 503 with Retry-After, and nothing reaches the operation.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

# with_locked_store COMMAND...: while another process has the store's file locked for writing.
with_locked_store() {
  local path=${STORE#sqlite:}
  : >"$WORK/locked"
  python3 -c '
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(60)' "$path" >"$WORK/locked" &
  local locker=$!
  until grep -q locked "$WORK/locked"; do sleep 0.02; done
  "$@"
  kill "$locker"
  wait "$locker" 2>/dev/null
}

row "the store does not answer: 503, Retry-After, nothing runs"
before=$(effects)
with_locked_store post "$KEY"
expect_problem 503 store-unavailable same-key
expect_like "Retry-After" "$(header Retry-After)" "[1-9]*"
expect "the number of effects" "$(effects)" "$before"

row "and when it answers again, the same key runs once"
post "$KEY"
expect_performed
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "what is not guarded goes through without the store"
with_locked_store send GET /payments
expect "the status" "$STATUS" 200

row "a damaged record: 500 with its own type, nothing runs"
post "$KEY"
# A gateway that has just started holds no outcome in memory, so it reads the record.
stop_gateway
start_gateway
sqlite3 "${STORE#sqlite:}" "UPDATE idempotency_records SET version = 99 WHERE label_key = '$KEY'"
post "$KEY"
expect_problem 500 record-unreadable same-key-later
expect "the number of effects" "$(effects "$KEY")" 1

row "a store that cannot be opened: the gateway does not start, and says why"
stop_gateway
message=$("$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$GATEWAY_PORT" \
  --admin "127.0.0.1:$ADMIN_PORT" --store "sqlite:$WORK/missing/once.db" 2>&1)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*$WORK/missing*"

finish
