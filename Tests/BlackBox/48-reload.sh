#!/usr/bin/env bash
# SIGHUP: a good file is taken over without dropping anything, a bad one changes nothing.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

reloads() { metric "idempotency_gateway_reloads_total{result=\"$1\"}"; }
# reload RESULT NUMBER: sends SIGHUP and waits until so many reloads ended so.
reload() {
  local _
  kill -s HUP "$GATEWAY_PID"
  for _ in $(seq 300); do [ "$(reloads "$1")" = "$2" ] && return 0; sleep 0.1; done
  expect "reloads that were $1" "$(reloads "$1")" "$2"
}
# configure: the file from standard input.
configure() { cat >"$WORK/once.yaml"; }

configure <<<"retention: 1h"
start --config "$WORK/once.yaml"

row "a good file: new requests are held to it, the one in flight ends as it began, its connection stays"
request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}' \
  -H "X-Script: after=2;body=finished" &
running=$!
wait_effects "$KEY" 1
configure <<'YAML'
require-key: true
upstream-timeout: 20s
routes:
  - path: /free
    key: off
YAML
reload done 1
send POST /payments "${alice[@]}" -d 1
expect_problem 400 key-missing new-key
send POST /free "${alice[@]}" -d 1
expect_performed
wait $running
read_answer "$WORK/first"
expect_performed
expect "the answer" "$BODY" "finished"
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1
grep -q "configuration reloaded" "$WORK/gateway.log" || expect "the log" "" "configuration reloaded"
age=$(metric idempotency_gateway_configuration_age_seconds)
[ -n "$age" ] && [ "$age" -lt 600 ] || expect "the age of the configuration" "$age" "some seconds"

row "a bad file: the old configuration stays, the log names file and line"
configure <<<"retension: 1h"
reload refused 1
grep -q "not reloaded.*once.yaml:1: \"retension\"\|once.yaml:1: .*retension.*not reloaded" "$WORK/gateway.log" ||
  expect "the log" "$(tail -n 1 "$WORK/gateway.log")" "once.yaml:1: retension"
send POST /payments "${alice[@]}" -d 1
expect_problem 400 key-missing new-key

row "what needs a restart is refused by name, all of it, and nothing changes"
configure <<'YAML'
audit: elsewhere.jsonl
sweep-interval: 5s
interrupted: rerun
secret: 0123456789abcdef
YAML
reload refused 2
line=$(grep "not reloaded" "$WORK/gateway.log" | tail -n 1)
for option in audit sweep-interval interrupted secret; do expect_like "the log" "$line" "*$option*"; done
post "$KEY"
expect_performed
send POST /payments "${alice[@]}" -d 1
expect_problem 400 key-missing new-key

row "a file that has gone: the old configuration stays"
rm "$WORK/once.yaml"
reload refused 3
post "$KEY"
expect_performed

row "keys that were claimed before are known after"
configure <<<"retention: 2h"
reload done 2
post "$KEY"
expect_performed
reload done 3
post "$KEY"
expect_replayed
expect "the number of effects" "$(effects "$KEY")" 1

row "without a file it reads the flags and the environment again, and goes on"
start
reload done 1
post "$KEY"
expect_performed

row "certificates are read again: new connections get the new one, a bad one changes nothing"
# shellcheck source=certificates.bash
source "$HERE/certificates.bash"
export CURL_CA_BUNDLE=$WORK/ca.pem
# shown: the certificate that a new connection is shown.
shown() {
  openssl s_client -connect "127.0.0.1:$GATEWAY_PORT" -CAfile "$WORK/ca.pem" </dev/null 2>/dev/null |
    openssl x509 -noout -fingerprint 2>/dev/null
}
install() { cp "$WORK/$1.pem" "$WORK/front.pem"; cp "$WORK/$2.key" "$WORK/front.key"; }
install server server
plain=$GATEWAY
GATEWAY=https://127.0.0.1:$GATEWAY_PORT
start --tls-certificate "$WORK/front.pem" --tls-key "$WORK/front.key"
expect "the certificate" "$(shown)" "$(openssl x509 -noout -fingerprint -in "$WORK/server.pem")"
post "$KEY"
expect_performed
install second second
reload done 1
expect "the certificate" "$(shown)" "$(openssl x509 -noout -fingerprint -in "$WORK/second.pem")"
post "$KEY"
expect_replayed
install server second
reload refused 1
expect "the certificate" "$(shown)" "$(openssl x509 -noout -fingerprint -in "$WORK/second.pem")"
line=$(grep "not reloaded" "$WORK/gateway.log" | tail -n 1)
expect_like "the log" "$line" "*$WORK/front.*"
post "$KEY"
expect_replayed
GATEWAY=$plain

start
row "a load goes on over ten reloads: nothing is lost, nothing happens twice"
for number in $(seq 40); do
  request "$WORK/load.$number" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY-$number" \
    -d '{"amount":10}' -H "X-Script: before=0.0$((number % 10))" &
  loads[number]=$!
  [ $((number % 4)) -ne 0 ] || kill -s HUP "$GATEWAY_PID"
done
wait "${loads[@]}"
for number in $(seq 40); do
  read_answer "$WORK/load.$number"
  expect "the status" "$STATUS" 201
  expect "the number of effects" "$(effects "$KEY-$number")" 1
done

finish
