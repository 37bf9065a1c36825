#!/usr/bin/env bash
# How a key is written: a structured-field string or the bare form; everything else is refused before any look-up.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

# keyed LINE...: a payment with these header lines of Idempotency-Key, as they are.
keyed() {
  local lines=() line
  for line in "$@"; do lines+=(-H "Idempotency-Key: $line"); done
  send POST /payments "${alice[@]}" "${json[@]}" "${lines[@]}" -d '{"amount":10}'
}

row 'the structured form "abc" and the bare form abc name the same key'
keyed "\"$KEY\""
expect_performed
keyed "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row 'parameters do not belong to the key: "abc";a=1'
keyed "\"$KEY\";a=1;b"
expect_performed
keyed "\"$KEY\""
expect_replayed

row 'escapes: "a\"b\\c" is the key a"b\c'
keyed "\"$KEY\\\"\\\\\""
expect_performed
keyed "\"$KEY\\\"\\\\\";again"
expect_replayed

row "white space around the value does not belong to the key"
keyed "  $KEY  "
expect_performed
keyed "$KEY"
expect_replayed

row "keys are told apart by case"
keyed "$KEY-a"
keyed "$KEY-A"
expect_performed

row "255 bytes are a key, 256 are not"
long=$(printf '%0255d' 7)
keyed "$long"
expect_performed
keyed "\"$long\""
expect_replayed
keyed "${long}8"
expect_problem 400 key-invalid new-key
expect "the number of effects" "$(effects "${long}8")" 0

records() { sqlite3 "${STORE#sqlite:}" "SELECT count(*) FROM idempotency_records"; }

refused() {
  row "$1: 400, and nothing is looked up or run"
  before=$(effects)
  recorded=$(records)
  shift
  "$@"
  expect_problem 400 key-invalid new-key
  expect "the number of effects" "$(effects)" "$before"
  expect "the number of records" "$(records)" "$recorded"
}

refused "two header lines" keyed "$KEY" "$KEY-2"
refused "two header lines that agree" keyed "$KEY" "$KEY"
refused "a list in one line" keyed "\"a\", \"b\""
refused "an empty value" send POST /payments "${alice[@]}" -H "Idempotency-Key;" -d 1
refused "an empty string" keyed '""'
refused "a string that does not end" keyed '"abc'
refused "a bad escape" keyed '"a\bc"'
refused "text after the string" keyed '"abc"def'
refused "a tab in the key" keyed $'a\tb'
refused "a byte above ASCII" keyed $'caf\xc3\xa9'
refused "a byte above ASCII in a string" keyed $'"caf\xc3\xa9"'

# A NUL or a bare CR is no HTTP either: whatever answers it, it is 400 and nothing runs.
for byte in '\x00' '\x01' '\x7f' '\r'; do
  row "the control character $byte in the key: 400, and nothing runs"
  before=$(effects)
  answer=$(printf "POST /payments HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a${byte}b\r\nContent-Length: 1\r\n\r\n1" |
    python3 -c '
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
s.sendall(sys.stdin.buffer.read())
print(s.recv(100).split(b"\r\n")[0].decode("latin-1"))' "$GATEWAY_PORT")
  expect_like "the answer" "$answer" "HTTP/1.1 400 *"
  expect "the number of effects" "$(effects)" "$before"
done

row "another header, where so configured"
start --key-header X-Request-Token
send POST /payments "${alice[@]}" -H "X-Request-Token: $KEY" -d 1
send POST /payments "${alice[@]}" -H "X-Request-Token: $KEY" -d 1
expect_replayed

cat >"$WORK/once.yaml" <<'YAML'
routes:
  - path: /tokens
    key-source: body:/ClientRequestToken
  - path: /queries
    key-source: query:token
YAML
start --config "$WORK/once.yaml"

row "a member of the body, where a route says so"
for _ in 1 2; do
  send POST /tokens "${alice[@]}" "${json[@]}" -d "{\"amount\":10,\"ClientRequestToken\":\"$KEY\"}"
done
expect_replayed
send POST /tokens "${alice[@]}" "${json[@]}" -d "{\"amount\":11,\"ClientRequestToken\":\"$KEY\"}"
expect_problem 422 key-mismatch never

row "a query item, where a route says so"
before=$(effects)
for _ in 1 2; do send POST "/queries?token=$KEY" "${alice[@]}" -d 1; done
expect_replayed
expect "the number of effects" $(($(effects) - before)) 1

finish
