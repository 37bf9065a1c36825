#!/usr/bin/env bash
# The DynamoDB store behind the executable, with moto in its place: replays over two gateways, an outage, refusals.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=demo.bash
source "$(dirname "$0")/demo.bash"
# shellcheck source=waiting.bash
source "$(dirname "$0")/waiting.bash"

PYTHON=""
for candidate in "$ROOT/.build/moto/bin/python3" python3; do
  if "$candidate" "$ROOT/Tests/Support/DynamoDBServer/moto_server.py" --check 2>/dev/null; then
    PYTHON=$candidate
    break
  fi
done
if [ -z "$PYTHON" ]; then echo "moto is not installed; \`make test\` installs it (scripts/moto.sh)"; exit 77; fi

MOTO_PID=""
mkfifo "$WORK/moto.in"
"$PYTHON" "$ROOT/Tests/Support/DynamoDBServer/moto_server.py" <"$WORK/moto.in" >"$WORK/moto.port" 2>/dev/null &
MOTO_PID=$!
exec 9>"$WORK/moto.in"
for _ in $(seq 400); do [ -s "$WORK/moto.port" ] && break; sleep 0.05; done
MOTO_PORT=$(head -n 1 "$WORK/moto.port")
[ -n "$MOTO_PORT" ] || { echo "moto does not start" >&2; exit 1; }

stop_moto() {
  [ -n "$MOTO_PID" ] || return 0
  kill -s CONT "$MOTO_PID" 2>/dev/null
  kill -s KILL "$MOTO_PID" 2>/dev/null
  wait "$MOTO_PID" 2>/dev/null
  MOTO_PID=""
}
trap 'stop_moto; stop_all' EXIT

export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=hidden-secret AWS_REGION=eu-west-1
export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$MOTO_PORT
unset AWS_PROFILE AWS_SESSION_TOKEN
AUDIT=$WORK/audit.jsonl
STORE=dynamodb://once

row "a table that is not there is refused at start, and the message says how it is made"
start_upstream
message=$("$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$GATEWAY_PORT" \
  --admin "127.0.0.1:$ADMIN_PORT" --store "$STORE" 2>&1)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*no such table*create=yes*"

STORE="dynamodb://once?create=yes&timeout=2s"
start --audit "$AUDIT"

row "the first request runs, the second is a replay"
post "$KEY"
expect_performed
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1
FIRST=$KEY

row "a gateway that comes later, on another machine, replays as well"
stop_gateway
STORE="dynamodb://once?timeout=2s"
start_gateway --audit "$AUDIT"
post "$FIRST"
expect_replayed

row "another request under the same key is a mismatch"
post "$KEY"
post "$KEY" -d '{"amount":11}'
expect_problem 422 key-mismatch never
SECOND=$KEY

row "operators see the records while the gateway serves"
out=$("$ONCE" keys list --store "$STORE" --json)
expect "the exit code" "$?" 0
expect "the keys" "$(jq -r '[.records[].key] | sort | join(" ")' <<<"$out")" \
  "$(printf '%s\n' "$FIRST" "$SECOND" | sort | paste -sd ' ')"

waiting_row

demo_row

row "in doubt it stays until it is settled"
post "$KEY" -H "X-Script: break=unanswered"
post "$KEY"
expect_problem 409 in-doubt same-key-later
"$ONCE" keys release --store "$STORE" --key "$KEY" --reason test --audit "$AUDIT" >"$WORK/release.log" 2>&1
expect "the exit code" "$?" 0
post "$KEY"
expect_performed

row "an answer larger than an item takes effect once and leaves a tombstone"
post "$KEY" -H "X-Script: size=450000"
expect "the status" "$STATUS" 201
post "$KEY" -H "X-Script: size=450000"
expect_problem 410 answer-not-kept never
expect "the number of effects" "$(effects "$KEY")" 1

row "a sweep has nothing to do, as DynamoDB removes what has expired"
out=$("$ONCE" sweep --store "$STORE")
expect "the exit code" "$?" 0
expect "the output" "$out" "Removed 0 expired records."

row "DynamoDB does not answer: 503, nothing runs; it answers again: the same key runs once"
kill -s STOP "$MOTO_PID"
post "$KEY" --max-time 60
expect_problem 503 store-unavailable same-key
expect "the number of effects" "$(effects "$KEY")" 0
kill -s CONT "$MOTO_PID"
for _ in $(seq 100); do
  post "$KEY"
  [ "$STATUS" = 201 ] && break
  sleep 0.1
done
expect "the status" "$STATUS" 201
expect "the number of effects" "$(effects "$KEY")" 1

row "the role of a profile is assumed, and a profile that asks for a device's code is refused with the reason"
cat >"$WORK/aws" <<PROFILES
[profile shop]
role_arn = arn:aws:iam::123456789012:role/shop
source_profile = base
[profile base]
aws_access_key_id = test
aws_secret_access_key = hidden-secret
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/shop
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/me
PROFILES
as() {
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE="$WORK/aws" AWS_PROFILE="$1" \
    AWS_ENDPOINT_URL_STS="$AWS_ENDPOINT_URL_DYNAMODB" "$ONCE" keys list --store "$STORE" --json 2>&1
}
expect "the first key" "$(as shop | jq -r '.records[0].key')" "$FIRST"
message=$(as mfa)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*profile mfa*mfa_serial*"
expect "the secret in the message" "$(grep -c hidden-secret <<<"$message")" 0

row "the secret is not shown, and credentials that are missing are named"
expect "the secret in the log" "$(grep -c hidden-secret "$WORK/gateway.log")" 0
message=$(env -u AWS_ACCESS_KEY_ID HOME="$WORK" AWS_EC2_METADATA_DISABLED=true "$ONCE" keys list --store "$STORE" 2>&1)
expect "the exit code" "$?" 1
expect_like "the message" "$message" "*no credentials for AWS*"

finish
