#!/usr/bin/env bash
# Requests in HTTP/2 that would be something else in HTTP/1.1 (CWE-444): refused, and nothing of them goes upstream.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

http2() { timeout 60 python3 "$HERE/http2.py" "$GATEWAY_PORT" "$@"; }
# The request line and headers of a good request, and the same without one of them.
good=(:method=POST :scheme=http :authority=test :path=/payments)
without() { local field; for field in "${good[@]}"; do case $field in "$1="*) ;; *) echo "$field" ;; esac; done; }

# refused OUTCOME FIELD...: this is how the stream ends, and the upstream sees nothing.
refused() {
  local wanted=$1 before
  shift
  before=$(effects)
  expect_like "the outcome" "$(http2 send "$@" "idempotency-key=$KEY" -- body)" "$wanted"
  expect "the number of effects" "$(effects)" "$before"
}

start

row "the request that the others differ from is a good one"
expect "the outcome" "$(http2 send "${good[@]}" "idempotency-key=$KEY" content-length=4 -- body)" 201
expect "the number of effects" "$(effects "$KEY")" 1

row "headers of a connection (RFC 9113 section 8.2.2)"
for field in connection=close connection=idempotency-key keep-alive=1 proxy-connection=close upgrade=h2c te=gzip \
  transfer-encoding=chunked transfer-encoding=identity; do
  refused "reset PROTOCOL_ERROR" "${good[@]}" "$field"
done

row "names that are not lower-case tokens (section 8.2.1)"
for field in X-Upper=1 Content-Length=4 "x y=1" $'x\r\ny=1' $'x\x01=1' "x:y=1" $'x\xe9=1'; do
  refused "reset PROTOCOL_ERROR" "${good[@]}" "$field"
done

row "values with a line break, or with white space at an end"
refused "reset PROTOCOL_ERROR" "${good[@]}" $'x=a\r\nidempotency-key: other'
refused "reset PROTOCOL_ERROR" "${good[@]}" $'x=a\nb'
refused "reset PROTOCOL_ERROR" "${good[@]}" $'x=a\rb'
refused 400 "${good[@]}" "x= a"
refused 400 "${good[@]}" $'x=a\t'
refused 400 "${good[@]}" $'x=a\x0bb'

row "pseudo-headers: missing, twice, unknown, of an answer, behind a header (section 8.3)"
for name in :method :scheme :path; do
  # shellcheck disable=SC2046
  refused "reset PROTOCOL_ERROR" $(without $name)
done
for field in :method=GET :path=/ :authority=test :scheme=http :unknown=1 :status=200 :protocol=websocket; do
  refused "reset PROTOCOL_ERROR" "${good[@]}" "$field"
done
refused "reset PROTOCOL_ERROR" :method=POST :scheme=http x=1 :authority=test :path=/payments

row "a method, a scheme and a path that would change the request line"
for method in "GET / HTTP/1.1" $'GET\r\n' "" "G(T" CONNECT; do
  # shellcheck disable=SC2046
  refused "[r4]*" $(without :method) ":method=$method"
done
# shellcheck disable=SC2046
refused 400 $(without :scheme) :scheme=ftp
for path in "" "*" "http://other/" "other" "/a b" $'/a\r\nx: y' "/a#b" "/a HTTP/1.1" $'/\xe9'; do
  # shellcheck disable=SC2046
  refused "[r4]*" $(without :path) ":path=$path"
done

row "Host and :authority: differ, twice, missing, no host at all"
refused 400 "${good[@]}" host=other
refused 400 "${good[@]}" host=test host=test
# shellcheck disable=SC2046
refused 400 $(without :authority)
for authority in "" "a b" user@test test/path $'test\r\nx: y'; do
  # shellcheck disable=SC2046
  refused "[r4]*" $(without :authority) ":authority=$authority"
done

row "a length that is not that of the body, or is no number"
for length in 3 5 0 -4 4x 99999999999999999999; do
  refused "reset PROTOCOL_ERROR" "${good[@]}" "content-length=$length"
done
refused 400 "${good[@]}" content-length=+4
refused 400 "${good[@]}" content-length=
refused 400 "${good[@]}" content-length=4 content-length=4
refused "reset PROTOCOL_ERROR" "${good[@]}" content-length=4 content-length=5

row "headers that are too many, too long, or too much"
many=(); for number in $(seq 101); do many+=("x-$number=1"); done
refused 431 "${good[@]}" "${many[@]}"
refused 431 "${good[@]}" "x=$(printf 'y%.0s' $(seq 16400))"
much=(); for number in $(seq 9); do much+=("x-$number=$(printf 'y%.0s' $(seq 3700))"); done
refused 431 "${good[@]}" "${much[@]}"

row "internal headers, disguised ones and a second key are treated as over HTTP/1.1"
refused 400 "${good[@]}" idempotency_key=other
refused 400 "${good[@]}" idempotency-key=other
expect "the outcome" "$(http2 send "${good[@]}" "idempotency-key=$KEY" idempotency-attempt=99 -- body)" 201
expect "the attempt" "$(awk -v key="$KEY" '$3 == key { print ($4 != "99") }' "$WORK/effects")" 1

row "something else instead of the preface, and the preface a byte at a time"
expect_like "the outcome" "$(http2 no-preface)" "HTTP/1.1 400*"
expect "the outcome" "$(http2 slow-preface)" 200

finish
