#!/usr/bin/env bash
# The gateway and the tools on a PostgreSQL store: two gateways share it, and it may go away and come back.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=demo.bash
source "$(dirname "$0")/demo.bash"
# shellcheck source=waiting.bash
source "$(dirname "$0")/waiting.bash"
# shellcheck source=postgres.bash
source "$(dirname "$0")/postgres.bash"

# The audit log of a store that is no file lies where the program is started.
cd "$WORK" || exit 1
start_postgres
STORE=$POSTGRES_URL?request-timeout=2s
start

row "the promise of the store is told at start, and the password never"
expect_like "the log" "$(cat "$WORK/gateway.log")" "*on the disk of the PostgreSQL server*"
expect "the passwords in the log" "$(grep -c secret "$WORK/gateway.log")" 0

row "a request is performed once; its retry gets the first answer"
post "$KEY"
expect_performed
first=$BODY
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "$first"
expect "the number of effects" "$(effects "$KEY")" 1

row "another gateway on the same store gives the same answer"
post "$KEY"
expect_performed
first=$BODY
first_gateway=$GATEWAY first_pid=$GATEWAY_PID first_admin=$ADMIN_PORT first_port=$GATEWAY_PORT
GATEWAY_PORT=$(free_port) ADMIN_PORT=$(free_port)
GATEWAY=http://127.0.0.1:$GATEWAY_PORT
start_gateway
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "$first"
expect "the number of effects" "$(effects "$KEY")" 1

row "of twenty duplicates over both gateways one takes effect"
pids=()
for number in $(seq 20); do
  if [ $((number % 2)) -eq 0 ]; then base=$GATEWAY; else base=$first_gateway; fi
  curl -s -o /dev/null --max-time 20 -X POST "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
    "$base/payments" &
  pids+=($!)
done
wait "${pids[@]}"
expect "the number of effects" "$(effects "$KEY")" 1

row "the second gateway ends; the first goes on"
stop_gateway
GATEWAY=$first_gateway GATEWAY_PID=$first_pid ADMIN_PORT=$first_admin GATEWAY_PORT=$first_port
post "$KEY"
expect_performed

waiting_row

demo_row

row "a record in doubt is listed and resolved from outside"
post "$KEY" -H "X-Script: break=unanswered"
expect "the status" "$STATUS" 502
out=$("$ONCE" keys list --store "$STORE" --state in-doubt --json)
expect "the key" "$(jq -r '.records[].key' <<<"$out")" "$KEY"
"$ONCE" keys resolve --key "$KEY" --store "$STORE" --status 200 --body-text "the operator's" --reason known >/dev/null
expect "the exit code" "$?" 0
post "$KEY"
expect_replayed 200
expect "the answer" "$BODY" "the operator's"

row "while the server is away nothing runs: 503, to be retried with the same key"
stop_postgres KILL
post "$KEY"
expect_problem 503 store-unavailable same-key
expect "the number of effects" "$(effects "$KEY")" 0

row "when it is back all goes on, and nothing that was answered is gone"
start_postgres
for _ in $(seq 100); do
  post "$KEY"
  [ "$STATUS" = 503 ] || break
  sleep 0.1
done
expect_performed
post "key-2-$$"
expect_replayed

row "once sweep removes what has expired"
sql "UPDATE idempotency_records SET expires = 1, due = 1 WHERE state = 1 AND label_key = 'key-2-$$'"
out=$("$ONCE" sweep --store "$STORE" --json)
expect "the removed" "$(jq .removed <<<"$out")" 1

row "a database without a store is not made into one by looking at it"
sql "CREATE DATABASE empty"
out=$("$ONCE" keys list --store "${POSTGRES_URL%/postgres}/empty" 2>&1)
expect "the exit code" "$?" 1
expect_like "the error" "$out" "*tables of the store are missing*"
expect "the passwords in the error" "$(grep -c secret <<<"$out")" 0

row "a value of an option that is not allowed is refused, and those that are allowed are told"
out=$("$ONCE" sweep --store "$STORE&pooling=statement" 2>&1)
expect "the exit code" "$?" 2
expect_like "the error" "$out" "*pooling*statement*session, transaction*"

row "pooling=transaction works without a pooler as well"
out=$("$ONCE" keys list --store "$STORE&pooling=transaction" --json)
expect "the exit code" "$?" 0
expect "whether there are keys" "$(jq '.records | length > 0' <<<"$out")" true

row "a wrong password is refused at start, after one try and without being told"
before=$(grep -c "password authentication failed" "$WORK/postgres.log")
out=$(timeout 10 "$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$(free_port)" \
  --admin "127.0.0.1:$(free_port)" --store "${POSTGRES_URL/secret/mistaken}" 2>&1)
expect "the exit code" "$?" 1
expect_like "the error" "$out" "*127.0.0.1:$POSTGRES_PORT*password authentication failed for user*once*"
expect "the passwords in the error" "$(grep -c mistaken <<<"$out")" 0
expect "the tries" "$(($(grep -c "password authentication failed" "$WORK/postgres.log") - before))" 1

row "a server that syncs nothing is refused, and named with what to do"
stop_gateway
stop_postgres
start_postgres fsync=off
out=$("$ONCE" sweep --store "$STORE" 2>&1)
expect "the exit code" "$?" 1
expect_like "the error" "$out" "*fsync=off*Set fsync=on*"
out=$("$ONCE" sweep --store "$STORE&accept=fsync-off" 2>&1)
expect "the exit code" "$?" 0

finish
