#!/usr/bin/env bash
# WebSocket passes as a tunnel; nothing else is switched to, and no request under a key ever is.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

python3 "$HERE/websocket.py" serve "$UPSTREAM_PORT" &
UPSTREAM_PID=$!
wait_for "the upstream" "$UPSTREAM/" "$UPSTREAM_PID"
talk() { timeout 120 python3 "$HERE/websocket.py" talk "$GATEWAY_PORT" "$*" 2>&1 | tail -n 1; }

# begin WHAT: talks in the background, and returns once the connection is open; what comes of it will be in $WORK/talk.
begin() {
  local _
  timeout 120 python3 "$HERE/websocket.py" talk "$GATEWAY_PORT" "$1" >"$WORK/talk" 2>&1 &
  TALK_PID=$!
  for _ in $(seq 200); do grep -q open "$WORK/talk" && return 0; sleep 0.05; done
  expect "the connection" "$(cat "$WORK/talk")" "open"
}

peak() { awk '/^VmHWM/ { print $2 }' "/proc/$GATEWAY_PID/status"; }

start_gateway

row "a handshake, messages both ways, a ping, and the closing handshake"
expect "the talk" "$(talk echo)" "open: one two three pong, closed 1000, ended"

row "what is sent right behind the request and right behind the 101 arrives"
expect "the talk" "$(talk behind)" "open: first mine"

row "64 MiB each way arrive as they were sent, and the gateway does not grow by them"
base=$(peak)
expect "the upload" "$(talk upload 67108864)" "open: the same"
expect "the download" "$(talk download 67108864)" "open: 67108864, closed 1000, ended"
grown=$(($(peak) - base))
[ "$grown" -lt 49152 ] || expect "the growth of the gateway in KiB" "$grown" "less than 49152"

row "the upstream's refusal reaches the client"
expect "the status" "$(talk refuse)" 403

row "101 that nobody asked for is 502"
expect "the status" "$(talk unasked)" 502

row "h2c is never switched to, and the upstream hears nothing of it"
send GET / -H "Connection: Upgrade, HTTP2-Settings" -H "Upgrade: h2c" -H "HTTP2-Settings: AAMAAABkAAQAAP__"
expect "the status" "$STATUS" 200
expect "what the upstream saw" "$BODY" "GET nothing nothing"

row "a request under a key is guarded as ever, and the upstream hears nothing of its wish"
for _ in 1 2; do post "$KEY" --http1.1 -H "Connection: Upgrade" -H "Upgrade: websocket"; done
expect "the status" "$STATUS" 200
expect "replayed" "$(header Idempotent-Replayed)" true
expect "what the upstream saw" "$BODY" "POST nothing nothing"

row "without Connection: upgrade there is no wish"
send GET / -H "Upgrade: websocket"
expect "what the upstream saw" "$BODY" "GET nothing nothing"

row "SIGTERM ends a tunnel that is quiet, and the gateway with 0"
begin wait
kill -s TERM "$GATEWAY_PID"
wait "$GATEWAY_PID"
expect "the exit code" "$?" 0
GATEWAY_PID=""
wait "$TALK_PID"
expect "the talk" "$(tail -n 1 "$WORK/talk")" "ended"

row "a tunnel that is never quiet is ended by the end of the drain"
start_gateway --drain 2s
begin busy
stop_gateway TERM
wait "$TALK_PID"
expect "the talk" "$(tail -n 1 "$WORK/talk")" "ended"

row "... and by a second signal"
start_gateway --drain 600s
begin busy
: >"$WORK/gateway.log"
kill -s TERM "$GATEWAY_PID"
for _ in $(seq 200); do grep -q "a second signal stops at once" "$WORK/gateway.log" && break; sleep 0.05; done
kill -s TERM "$GATEWAY_PID"
wait "$GATEWAY_PID"
expect "the exit code" "$?" 143
GATEWAY_PID=""
wait "$TALK_PID"
expect "the talk" "$(tail -n 1 "$WORK/talk")" "ended"

row "a tunnel in which nothing moves is ended, and only so many may be open"
start_gateway --upgrade-idle 2s --max-upgrades 1
begin wait
expect "a second one" "$(talk refuse)" 503
wait "$TALK_PID"
expect "the talk" "$(tail -n 1 "$WORK/talk")" "ended"
expect "the next one" "$(talk echo)" "open: one two three pong, closed 1000, ended"
stop_gateway

row "turned off: the upstream hears nothing of the wish"
start_gateway --upgrades off
send GET / -H "Connection: Upgrade" -H "Upgrade: websocket"
expect "what the upstream saw" "$BODY" "GET nothing nothing"
stop_gateway

row "HTTP itself cannot be allowed"
for name in h2c HTTP/2.0 TLS/1.0; do
  error=$("$ONCE" gateway --upstream "$UPSTREAM" --upgrades "websocket,$name" 2>&1)
  expect "the exit code" "$?" 2
  expect_like "the error" "$error" "once: --upgrades: \"$name\" is not allowed. Allowed: names of protocols*"
done

finish
