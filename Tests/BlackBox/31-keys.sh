#!/usr/bin/env bash
# once keys: list, show, resolve, release, on the file of a gateway at work; every change is in the audit log.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# keys ARGUMENT...: runs `once keys`; CODE, OUT and ERR tell how it went.
keys() {
  local action=$1
  shift
  OUT=$("$ONCE" keys "$action" --store "$STORE" "$@" 2>"$WORK/error")
  CODE=$?
  ERR=$(cat "$WORK/error")
}

# doubt: a payment under $KEY that takes effect and whose upstream breaks off.
doubt() { post "$KEY" -H "X-Script: break=unanswered"; }

# field EXPRESSION: of the JSON in OUT.
field() { jq -r "$1" <<<"$OUT"; }

# audit EXPRESSION: of the last line of the audit log.
audit() { tail -n 1 "$WORK/once.db.audit.jsonl" | jq -r "$1"; }

start

row "a store without records says so"
keys list
expect "the exit code" "$CODE" 0
expect "the output" "$OUT" "No records."

row "a completed key is listed and shown with its answer"
post "$KEY"
keys list
expect_like "the table" "$OUT" "ID *STATE *KEY *OPERATION *SCOPE *ATTEMPT *CLAIMED *NOTE*completed  $KEY*"
keys show --key "$KEY"
expect_like "the text" "$OUT" "id  *state  *completed*status  *201*effect 1*"
keys show --key "$KEY" --json
expect "the state" "$(field .state)" completed
expect "the status" "$(field .outcome.response.status)" 201
expect "the body" "$(field .outcome.response.body.text)" "effect 1"

row "an outcome never changes"
post "$KEY"
keys release --key "$KEY" --reason test --force
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*outcome never changes*"
post "$KEY"
expect_replayed

row "a key in doubt is listed by its state, and found by the first digits of its id"
doubt
expect "the status" "$STATUS" 502
keys list --state in-doubt --json
expect "the number" "$(field '.records | length')" 1
expect "the key" "$(field '.records[0].key')" "$KEY"
expect "why" "$(field '.records[0].doubt')" unknown-end
id=$(field '.records[0].id')
keys show "${id:0:12}" --json
expect "the id" "$(field .id)" "$id"

row "a doubt is resolved with the answer that every retry then gets"
doubt
printf '{"paid":true}' >"$WORK/body.json"
keys resolve --key "$KEY" --status 201 --header "Content-Type: application/json" --body "$WORK/body.json" \
  --reason "the bank has it"
expect "the exit code" "$CODE" 0
expect_like "the output" "$OUT" "Resolved *: completed, every retry gets this outcome until *"
post "$KEY"
expect_replayed
expect "the body" "$BODY" '{"paid":true}'
expect "the media type" "$(header Content-Type)" application/json
expect "the number of effects" "$(effects "$KEY")" 1

row "the audit log has who, why, before and after"
expect "the phase" "$(audit .phase)" "done"
expect "the action" "$(audit .action)" resolve
expect "who" "$(audit .who)" "$(id -un)"
expect "why" "$(audit .reason)" "the bank has it"
expect "before" "$(audit .before.state)" in-doubt
expect "after" "$(audit .after.state)" completed
expect "the mode of the file" "$(stat -c %a "$WORK/once.db.audit.jsonl")" 600

row "a doubt is released, and a retry runs the operation"
post "$KEY" -H "X-Script: break=unread"
keys release --key "$KEY" --reason "the bank has nothing" --json
expect "the exit code" "$CODE" 0
expect "the state" "$(field .state)" vacant
post "$KEY"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 1

row "a running attempt is not touched, with force neither"
request "$WORK/slow" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" \
  -H "X-Script: before=3" -d '{"amount":10}' &
slow=$!
for _ in $(seq 100); do
  keys show --key "$KEY"
  [ "$CODE" -ne 0 ] || break
  sleep 0.05
done
for force in "" --force; do
  keys release --key "$KEY" --reason test $force
  expect "the exit code" "$CODE" 1
  expect_like "the error" "$ERR" "*its lease holds for another*"
done
wait "$slow"
read_answer "$WORK/slow"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 1

row "a lapsed attempt is settled by force only"
stop_gateway
start --lease 1s
request "$WORK/lost" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" \
  -H "X-Script: after=30" -d '{"amount":10}' &
lost=$!
wait_effects "$KEY" 1
stop_gateway KILL
wait "$lost"
for _ in $(seq 100); do
  keys show --key "$KEY" --json
  [ "$(field .state)" != lapsed ] || break
  sleep 0.05
done
expect "the state" "$(field .state)" lapsed
keys resolve --key "$KEY" --status 201 --body-text settled --reason test
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*with force*"
keys resolve --key "$KEY" --status 201 --body-text settled --reason test --force
expect "the exit code" "$CODE" 0
expect "forced" "$(audit .forced)" true
start
post "$KEY"
expect_replayed
expect "the body" "$BODY" settled

row "one key of two callers is ambiguous until an id is named"
doubt
send POST /payments "${bob[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -H "X-Script: break=unanswered" \
  -d '{"amount":1}'
keys release --key "$KEY" --reason test
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*More than one record*name one by its id*"
keys list --key "$KEY" --json
scope=$(field '.records[0].scope')
keys show --key "$KEY" --scope "$scope"
expect "the exit code" "$CODE" 0

row "a key that is not there"
keys show --key nobody-has-it
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*There is no record*"

row "a listing comes in pages"
keys list --limit 2 --json
expect "the number" "$(field '.records | length')" 2
first=$(field '.records[1].id')
keys list --limit 2 --after "$(field .next)" --json
[ "$(field '.records[0].id')" != "$first" ] || expect "the second page" "the first again" "another one"

row "an audit log that cannot be written: nothing is changed"
doubt
keys release --key "$KEY" --reason test --audit "$WORK/no/folder/audit"
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*audit log cannot be written*nothing was changed*"
keys show --key "$KEY" --json
expect "the state" "$(field .state)" in-doubt

finish
