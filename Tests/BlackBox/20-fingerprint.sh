#!/usr/bin/env bash
# The fingerprint: what makes a request another one.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

# same TITLE FIRST SECOND [CURL...]: two bodies that ask for the same.
same() {
  row "$1"
  post "$KEY" "${@:4}" -d "$2"
  expect_performed
  post "$KEY" "${@:4}" -d "$3"
  expect_replayed
  expect "the number of effects" "$(effects "$KEY")" 1
}

# other TITLE FIRST SECOND [CURL...]: two bodies that ask for something else.
other() {
  row "$1"
  post "$KEY" "${@:4}" -d "$2"
  expect_performed
  post "$KEY" "${@:4}" -d "$3"
  expect_problem 422 key-mismatch never
  expect "the number of effects" "$(effects "$KEY")" 1
}

same "JSON: the order of members does not matter" '{"a":1,"b":{"c":2,"d":3}}' '{"b":{"d":3,"c":2},"a":1}'
same "JSON: white space does not matter" '{"a":[1,2]}' '{ "a" : [ 1 , 2 ] }'
same "JSON: how a string is escaped does not matter" '{"a":"é/"}' '{"a":"\u00e9\/"}'
other "JSON: the order of elements matters" '[1,2]' '[2,1]'
other "JSON: no digit is lost: 9007199254740993 is not 9007199254740992" \
  '{"a":9007199254740993}' '{"a":9007199254740992}'
other "JSON: no digit is lost behind the point" '{"a":0.1000000000000000055}' '{"a":0.1}'
other "JSON: a number is not a string" '{"a":1}' '{"a":"1"}'
other "JSON: null is not missing" '{"a":null}' '{}'
other "JSON with duplicate members is compared by its bytes" '{"a":1,"a":2}' '{"a":2,"a":1}'
other "JSON with duplicate members is not the JSON without" '{"a":1,"a":2}' '{"a":2}'
same "JSON with duplicate members: the same bytes are the same" '{"a":1,"a":2}' '{"a":1,"a":2}'
other "a body that is not valid JSON is compared by its bytes" '{"a":1,}' '{"a":1 ,}'
other "text is compared by its bytes" 'a  b' 'a b' -H "Content-Type: text/plain"

row "another route under the same key: 422"
post "$KEY"
send POST /refunds "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_problem 422 key-mismatch never

row "another method under the same key: 422"
post "$KEY"
send PATCH /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_problem 422 key-mismatch never

row "another query under the same key: 422, so that a dry run is not taken for the run"
send POST "/payments?dry=1" "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_performed
post "$KEY"
expect_problem 422 key-mismatch never

row "the order of the query does not matter"
send POST "/payments?a=1&b=2" "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d 1
send POST "/payments?b=2&a=1" "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $KEY" -d 1
expect_replayed

row "another content type under the same key: 422"
post "$KEY"
send POST /payments "${alice[@]}" -H "Content-Type: text/plain" -H "Idempotency-Key: $KEY" -d '{"amount":10}'
expect_problem 422 key-mismatch never

cat >"$WORK/once.yaml" <<'YAML'
routes:
  - path: /payments
    fingerprint-ignore: [/sent, /meta/trace]
YAML
start --config "$WORK/once.yaml"

same "members that a route leaves out do not matter" \
  '{"amount":1,"sent":"10:00","meta":{"trace":"a"}}' '{"amount":1,"sent":"10:05","meta":{"trace":"b"}}'
other "and all others do" '{"amount":1,"sent":"10:00"}' '{"amount":2,"sent":"10:00"}'

row "with a secret the stored fingerprint is no plain hash"
start --secret 0123456789abcdef0123456789abcdef
post "$KEY"
with=$(sqlite3 "${STORE#sqlite:}" "SELECT hex(fingerprint) FROM idempotency_records WHERE label_key = '$KEY'")
start
post "$KEY-2"
without=$(sqlite3 "${STORE#sqlite:}" "SELECT hex(fingerprint) FROM idempotency_records WHERE label_key = '$KEY-2'")
expect "the length of the fingerprint" "${#with}" 64
[ "$with" != "$without" ] || expect "the fingerprint" "the plain hash" "an HMAC"

finish
