#!/usr/bin/env bash
# A client that hangs up cancels nothing (scenario 11).
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

row "the client hangs up while the upstream works: it finishes, and the retry gets the answer"
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: before=0.5;after=0.5;body=finished" --max-time 0.2
read_answer "$WORK/first"
expect "what the client got" "$STATUS" 000
expect "the number of effects when it hung up" "$(effects "$KEY")" 0
sleep 1.2
post "$KEY"
expect_replayed
expect "the answer" "$BODY" "finished"
expect "the number of effects" "$(effects "$KEY")" 1

row "the client is killed with -9 after the effect: the same"
curl -s -o /dev/null -X POST "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: after=0.5;body=finished" "$GATEWAY/payments" &
client=$!
wait_effects "$KEY" 1
kill -s KILL $client
wait $client 2>/dev/null
post "$KEY"
expect_problem 409 in-progress same-key
sleep 0.7
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "a request that breaks off in its body leaves nothing behind"
python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
key = sys.argv[2].encode()
s.sendall(b"POST /payments HTTP/1.1\r\nHost: a\r\nIdempotency-Key: " + key + b"\r\nContent-Length: 100\r\n\r\nhalf")
' "$GATEWAY_PORT" "$KEY"
sleep 0.2
expect "the number of effects" "$(effects "$KEY")" 0
count=$(sqlite3 "${STORE#sqlite:}" "SELECT count(*) FROM idempotency_records WHERE label_key = '$KEY'")
expect "the number of records" "$count" 0

finish
