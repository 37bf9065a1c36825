#!/usr/bin/env bash
# --encryption-keys: nothing readable in the store, retries as ever, rotation under load, shredding, wrong files.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

KEYS=$WORK/keys.json

# once_with ARGUMENT...: CODE, OUT and ERR tell how it went.
once_with() {
  OUT=$("$ONCE" "$@" 2>"$WORK/error")
  CODE=$?
  ERR=$(cat "$WORK/error")
}
keys() { local action=$1; shift; once_with keys "$action" --store "$STORE" --encryption-keys "$KEYS" "$@"; }
encryption() { local action=$1; shift; once_with encryption "$action" "$KEYS" "$@"; }
field() { jq -r "$1" <<<"$OUT"; }
# reload NUMBER: has the gateway read its files again, and waits until it has done so that often.
reload() {
  local _ count
  kill -s HUP "$GATEWAY_PID"
  for _ in $(seq 300); do
    count=$(metric 'idempotency_gateway_reloads_total{result="done"}')
    [ "$count" = "$1" ] && return 0
    sleep 0.1
  done
  expect "the number of reloads" "$count" "$1"
}
# stored TEXT: in how many files of the store it stands.
stored() { cat "$WORK"/once.db "$WORK"/once.db-wal 2>/dev/null | grep -c -a -F -- "$1"; }

start_upstream

row "a file of keys is made for its owner alone"
encryption generate --id first
expect "the exit code" "$CODE" 0
expect "the mode" "$(stat -c %a "$KEYS")" 600
encryption list
expect "the output" "$OUT" "first  active"

row "a file that others may read is refused, with what to do"
chmod 644 "$KEYS"
once_with gateway --upstream "$UPSTREAM" --store "$STORE" --encryption-keys "$KEYS"
expect "the exit code" "$CODE" 2
expect_like "the error" "$ERR" "*--encryption-keys*mode 644*chmod 600*"
chmod 600 "$KEYS"

row "a file that is not there is named"
once_with gateway --upstream "$UPSTREAM" --store "$STORE" --encryption-keys "$WORK/nothing.json"
expect "the exit code" "$CODE" 2
expect_like "the error" "$ERR" "*nothing.json*"

start --encryption-keys "$KEYS"

row "a retry is replayed, and neither key nor request nor answer stands in the store"
body="the-answer-of-$KEY"
post "$KEY" -H "X-Script: body=$body"
expect_performed
post "$KEY"
expect_replayed
expect "the body" "$BODY" "$body"
expect "the number of effects" "$(effects "$KEY")" 1
for text in "$KEY" "$body" /payments; do expect "files with $text" "$(stored "$text")" 0; done
first=$KEY

row "another request under the key is told so"
post "$KEY"
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never

row "operators see all of it with the keys, and are told what is missing without them"
keys list --key "$first" --json
expect "the key" "$(field '.records[0].key')" "$first"
expect "the operation" "$(field '.records[0].operation')" "POST /payments"
scope=$(field '.records[0].scope')
keys show --key "$first" --json
expect "the body" "$(field .outcome.response.body.text)" "the-answer-of-$first"
once_with keys list --store "$STORE"
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*--encryption-keys*"

row "a doubt is settled as ever"
post "$KEY" -H "X-Script: break=unanswered"
keys resolve --key "$KEY" --status 201 --body-text settled --reason "the bank has it"
expect "the exit code" "$CODE" 0
post "$KEY"
expect_replayed
expect "the body" "$BODY" settled
expect "files with the answer" "$(stored settled)" 0

row "a new key is taken over without a restart, and rotation goes on under load"
for number in $(seq 10); do post "$KEY-$number"; done
encryption generate --id second
reload 1
for number in $(seq 11 30); do
  request "$WORK/load.$number" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY-$number" \
    -H "X-Script: before=0.0$((number % 10))" -d '{"amount":10}' &
  loads[number]=$!
done
keys rotate --json
wait "${loads[@]}"
keys rotate --json
expect "the exit code" "$CODE" 0
expect "the active key" "$(field .active)" second
expect "the records that need another one" "$(field '.needed | length')" 0
encryption remove --id first
expect "the exit code" "$CODE" 0
reload 2
for number in $(seq 30); do
  post "$KEY-$number"
  expect_replayed
  expect "the number of effects" "$(effects "$KEY-$number")" 1
done
post "$first"
expect_replayed
expect "the body" "$BODY" "the-answer-of-$first"

row "a shredded scope: its answers are gone, its keys run nothing, others go on"
encryption shred --scope "$scope"
expect "the exit code" "$CODE" 2
expect_like "the error" "$ERR" "*--yes*"
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_performed
encryption shred --scope "$scope" --yes
expect "the exit code" "$CODE" 0
reload 3
post "$first"
expect "the status" "$STATUS" 410
expect_like "the detail" "$(member detail)" "*took effect*erased*"
expect "the number of effects" "$(effects "$first")" 1
post "new-$KEY"
expect "the status" "$STATUS" 503
expect "the number of effects" "$(effects "new-$KEY")" 0
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_replayed

row "with a new key the scope goes on, and the old answers stay erased"
encryption generate --id third
reload 4
post "$KEY"
expect_performed
post "$first"
expect "the status" "$STATUS" 410
expect "the number of effects" "$(effects "$first")" 1

row "keys of another store, or none, are refused while the gateway runs and when it starts"
mv "$KEYS" "$WORK/right.json"
encryption generate --id third
kill -s HUP "$GATEWAY_PID"
for _ in $(seq 100); do grep -q "cannot change while" "$WORK/gateway.log" && break; sleep 0.1; done
grep -q "cannot change while the gateway runs.*encryption-keys" "$WORK/gateway.log" ||
  expect "the log" "$(tail -n 1 "$WORK/gateway.log")" "encryption-keys cannot change"
stop_gateway
once_with gateway --upstream "$UPSTREAM" --store "$STORE" --listen "127.0.0.1:$GATEWAY_PORT" \
  --admin "127.0.0.1:$ADMIN_PORT"
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*--encryption-keys*"

row "the wrong file reads nothing and runs nothing"
start --encryption-keys "$KEYS"
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY-of-bob" -d '{"amount":10}'
expect_performed
before=$(effects "$first")
post "$first"
expect_problem 500 record-unreadable same-key-later
expect "the number of effects" "$(effects "$first")" "$before"

row "records from before encryption are refused, unless they are accepted; rotation encrypts them"
stop_gateway
STORE=sqlite:$WORK/before.db
start
post "$KEY" -H "X-Script: body=from-before"
expect_performed
start --encryption-keys "$KEYS"
post "$KEY"
expect_problem 500 record-unreadable same-key-later
keys list
expect_like "the listing" "$OUT" "*cannot be read*"
sed -i 's/"plaintext" *: *"refuse"/"plaintext": "accept"/' "$KEYS"
reload 1
post "$KEY"
expect_replayed
expect "the body" "$BODY" from-before
keys rotate --json
expect "the number" "$(field .encrypted)" 1
sed -i 's/"plaintext": "accept"/"plaintext": "refuse"/' "$KEYS"
reload 2
post "$KEY"
expect_replayed
expect "the body" "$BODY" from-before
expect "the number of effects" "$(effects "$KEY")" 1

finish
