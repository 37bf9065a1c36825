#!/usr/bin/env bash
# TLS towards the upstream: always verified, and what cannot be verified gets no request.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# shellcheck source=certificates.bash
source "$HERE/certificates.bash"
cd "$WORK" || exit 1
issue named ca /CN=payments.example "subjectAltName=DNS:payments.example"
for name in server named; do cat "$name.pem" "$name.key" >"$name.both"; done

# upstream PEM [CLIENT-AUTHORITY]: starts the upstream anew, with TLS.
upstream() {
  if [ -n "$UPSTREAM_PID" ]; then { kill -s KILL "$UPSTREAM_PID"; wait "$UPSTREAM_PID"; } 2>/dev/null; fi
  python3 "$HERE/upstream.py" "$UPSTREAM_PORT" "$WORK" "$@" 2>>"$WORK/upstream.log" &
  UPSTREAM_PID=$!
  local _
  for _ in $(seq 200); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$UPSTREAM_PORT") 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  echo "the upstream does not listen" >&2
  exit 1
}

# Nothing reached the upstream, the key is free, and the log says why.
expect_unverified() {
  expect_problem 502 upstream-unreachable same-key
  expect "the number of effects" "$(effects "$KEY")" 0
  grep -q "cannot be reached.*$1\|$1.*cannot be reached" "$WORK/gateway.log" || expect "the log" "" "$1"
}

by_name=https://localhost:$UPSTREAM_PORT
by_address=https://127.0.0.1:$UPSTREAM_PORT

upstream server.both
for UPSTREAM in "$by_name" "$by_address"; do
  stop_gateway
  start_gateway --upstream-ca ca.pem
  row "$UPSTREAM with its authority: guarded, replayed, passed through"
  post "$KEY"
  expect_performed
  post "$KEY"
  expect_replayed
  expect "the number of effects" "$(effects "$KEY")" 1
  send GET /anything
  expect "the answer" "$BODY" "GET /anything"
done

row "a certificate of another authority: 502, nothing executed, the key is free"
stop_gateway
start_gateway --upstream-ca stranger.pem
post "$KEY"
expect_unverified CERTIFICATE_VERIFY_FAILED
send GET /anything
expect "the status of what is not guarded" "$STATUS" 502

row "the system's authorities do not know it either: 502, nothing executed"
stop_gateway
start_gateway
post "$KEY"
expect_unverified CERTIFICATE_VERIFY_FAILED

row "the right authority afterwards: the same key runs"
stop_gateway
start_gateway --upstream-ca ca.pem
post "$KEY"
expect_performed

row "an answer that only the end of the connection ends, without the end of TLS, may be cut off: in doubt"
post "$KEY" -H "X-Script: break=unframed;body=ten euros and ninety"
expect "the status" "$STATUS" 502
post "$KEY"
expect_problem 409 in-doubt same-key-later
expect "the number of effects" "$(effects "$KEY")" 1

upstream named.both
for UPSTREAM in "$by_name" "$by_address"; do
  row "$UPSTREAM with a certificate made out to another name: 502, nothing executed"
  stop_gateway
  start_gateway --upstream-ca ca.pem
  post "$KEY"
  expect_unverified failedToValidateHostname
done

row "upstream-server-name says whom the certificate is made out to"
stop_gateway
start_gateway --upstream-ca ca.pem --upstream-server-name payments.example
post "$KEY"
expect_performed

row "the questions about interrupted attempts go over TLS as well"
upstream server.both
UPSTREAM=$by_name
stop_gateway
start_gateway --upstream-ca ca.pem --interrupted "ask:$by_name/ask" --lease 1s
post "$KEY" -H "X-Script: break=unanswered"
[ "$STATUS" = 201 ] || [ "$STATUS" = 502 ] || expect "the status" "$STATUS" "201 or 502"
for _ in $(seq 100); do
  post "$KEY" -H "X-Script: break=unanswered"
  [ "$STATUS" != 201 ] || break
  sleep 0.1
done
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "an upstream that wants a certificate gets the gateway's"
upstream server.both stranger.pem
stop_gateway
start_gateway --upstream-ca ca.pem --upstream-certificate mallory.pem --upstream-key mallory.key
post "$KEY"
expect_performed

row "without one it refuses, and nothing is executed"
stop_gateway
start_gateway --upstream-ca ca.pem
post "$KEY"
expect "the status" "$STATUS" 502
expect "the number of effects" "$(effects "$KEY")" 0

row "an upstream without TLS: 502, nothing executed"
{ kill -s KILL "$UPSTREAM_PID"; wait "$UPSTREAM_PID"; } 2>/dev/null
python3 "$HERE/upstream.py" "$UPSTREAM_PORT" "$WORK" 2>/dev/null &
UPSTREAM_PID=$!
wait_for "the upstream" "http://127.0.0.1:$UPSTREAM_PORT/" "$UPSTREAM_PID"
post "$KEY"
expect_problem 502 upstream-unreachable same-key
expect "the number of effects" "$(effects "$KEY")" 0

# refused WHAT OPTION...: the gateway does not start, and says what is wrong.
refused() {
  local code what=$1
  shift
  "$ONCE" gateway --upstream "$by_name" --listen "127.0.0.1:$GATEWAY_PORT" --admin "127.0.0.1:$ADMIN_PORT" \
    --store "$STORE" "$@" >"$WORK/refused.log" 2>&1
  code=$?
  [ "$code" = 1 ] || [ "$code" = 2 ] || expect "the exit code" "$code" "1 or 2"
  expect_like "the error" "$(tail -n 1 "$WORK/refused.log")" "*$what*"
}

row "files that cannot be used stop the start by name"
stop_gateway
refused "nowhere.pem cannot be used: it cannot be read" --upstream-ca nowhere.pem
refused "ca.key cannot be used" --upstream-ca ca.key
refused "mallory.pem cannot be used: the key is not the certificate's" --upstream-ca ca.pem \
  --upstream-certificate mallory.pem --upstream-key server.key
refused "belong together" --upstream-ca ca.pem --upstream-certificate mallory.pem

finish
