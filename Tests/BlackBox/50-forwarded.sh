#!/usr/bin/env bash
# What the upstream is told about the client, and whom the gateway believes; requests for a whole URL.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# shown HEADER CURL...: the lines of that header as the upstream got them, for a guarded request and another one.
shown() {
  local name=$1
  shift
  send POST /payments "${alice[@]}" -H "Idempotency-Key: $KEY-$RANDOM$RANDOM" -H "X-Script: show=$name" -d 1 "$@"
  echo "$BODY"
  send GET / -H "X-Script: show=$name" "$@"
  echo "$BODY"
}
expect_shown() {
  local name=$1 value=$2
  shift 2
  expect "$name" "$(shown "$name" "$@")" "${value:+$value$'\n'$value}"
}

claims=(-H "X-Forwarded-For: 203.0.113.9" -H "X-Forwarded-Proto: https" -H "X-Forwarded-Host: shop.example"
  -H "Forwarded: for=203.0.113.9" -H "X-Real-IP: 203.0.113.9" -H "Host: api.example")

start
row "a stranger's words are dropped; the gateway says what it sees"
expect_shown X-Forwarded-For "X-Forwarded-For: 127.0.0.1" "${claims[@]}"
expect_shown X-Forwarded-Proto "X-Forwarded-Proto: http" "${claims[@]}"
expect_shown X-Forwarded-Host "X-Forwarded-Host: api.example" "${claims[@]}"
expect_shown Forwarded 'Forwarded: for=127.0.0.1;proto=http;host="api.example"' "${claims[@]}"
expect_shown X-Real-IP "" "${claims[@]}"
expect_shown Via "Via: 1.1 once"
expect_shown Host "Host: api.example" "${claims[@]}"

row "headers of the gateway's own are not taken from outside"
for name in Idempotency-Attempt Idempotency-Scope Idempotent-Replayed Idempotency-Outcome \
  Idempotency-Replay-Stripped; do
  case $(shown "$name" -H "$name: planted") in *planted*) expect "$name" planted "removed" ;; esac
done

row "a name in disguise is refused"
send GET / -H "X_Forwarded_For: 203.0.113.9"
expect "the status" "$STATUS" 400

row "a whole URL as target: its authority is the host, and it is the same request"
send GET / --request-target "http://shop.example:81/x?y" -H "X-Script: show=Host"
expect "Host" "$BODY" "Host: shop.example:81"
send GET / --request-target "http://shop.example:81/x?y"
expect "the target" "$BODY" "GET /x?y"
post "$KEY"
expect_performed
post "$KEY" --request-target "http://shop.example/payments"
expect_replayed
send GET / --request-target "http://user@shop.example/x"
expect "the status" "$STATUS" 400

row "a trusted proxy is believed, and its address is added"
start --trusted-proxies 10.0.0.0/8,127.0.0.0/8
expect_shown X-Forwarded-For "X-Forwarded-For: 203.0.113.9, 127.0.0.1" "${claims[@]}"
expect_shown X-Forwarded-Proto "X-Forwarded-Proto: https" "${claims[@]}"
expect_shown X-Forwarded-Host "X-Forwarded-Host: shop.example" "${claims[@]}"
expect_shown Forwarded 'Forwarded: for=203.0.113.9, for=127.0.0.1;proto=http;host="api.example"' "${claims[@]}"
expect_shown Via "Via: 1.1 once"

row "what is no address or range stops the start"
stop_gateway
"$ONCE" gateway --upstream "$UPSTREAM" --trusted-proxies 10.0.0.0/33 >"$WORK/refused.log" 2>&1
expect "the exit code" "$?" 2
expect_like "the error" "$(tail -n 1 "$WORK/refused.log")" '*--trusted-proxies: "10.0.0.0/33"*'

finish
