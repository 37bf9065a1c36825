#!/usr/bin/env bash
# TLS towards clients: versions, protocols, client certificates, and files that cannot be used.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
# shellcheck source=certificates.bash
source "$HERE/certificates.bash"

start_upstream
GATEWAY=https://localhost:$GATEWAY_PORT
export CURL_CA_BUNDLE=$WORK/ca.pem
tls=(--tls-certificate "$WORK/server.pem" --tls-key "$WORK/server.key")

# start_tls [OPTION...]: starts the gateway with TLS. Whether it serves is asked at the admin listener, as it may refuse
# clients without a certificate.
start_tls() {
  stop_gateway
  "$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$GATEWAY_PORT" --admin "127.0.0.1:$ADMIN_PORT" \
    --store "$STORE" "${tls[@]}" "$@" >"$WORK/gateway.out" 2>>"$WORK/gateway.log" &
  GATEWAY_PID=$!
  wait_for "the gateway" "http://127.0.0.1:$ADMIN_PORT/readyz" "$GATEWAY_PID"
}

# wrong OPTION...: starts a gateway that must refuse to, and keeps what it says.
wrong() {
  ERROR=$("$ONCE" gateway --upstream "$UPSTREAM" --listen 127.0.0.1:0 --admin 127.0.0.1:0 --store memory: "$@" 2>&1)
  expect "the exit code" "$?" 2
}

# version [CURL...]: the version of HTTP that a request was answered with; nothing when there was no answer.
version() { curl -s -o /dev/null --max-time 20 -w '%{http_version}' "$@" "$GATEWAY/" 2>/dev/null; }

start_tls

row "the line at start says https"
expect_like "the line" "$(cat "$WORK/gateway.out")" "once gateway is ready: https://127.0.0.1:$GATEWAY_PORT *"

row "HTTP/2 or HTTP/1.1, as the client can"
expect "the version" "$(version --http2)" 2
expect "the version" "$(version --http1.1)" 1.1
expect "the version" "$(version --no-alpn)" 1.1

row "TLS 1.3 and 1.2, nothing older"
expect "with 1.3" "$(version --tlsv1.3)" 2
expect "with 1.2" "$(version --tls-max 1.2)" 2
expect "with 1.1" "$(version --tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0)" 0

row "a request without TLS is not answered"
expect "the status" "$(curl -s -o /dev/null --max-time 20 -w '%{http_code}' "http://127.0.0.1:$GATEWAY_PORT/")" 000

row "a key counts over both versions of HTTP"
post "$KEY" --http1.1
expect_performed
post "$KEY" --http2
expect_replayed
post "$KEY" --http2 -d '{"amount":11}'
expect_problem 422 key-mismatch never
expect "the number of effects" "$(effects "$KEY")" 1

row "client certificates required: only those of the authority are let in, by either version"
start_tls --tls-client-ca "$WORK/ca.pem"
# shellcheck disable=SC2046
expect "alice" "$(version $(as alice))" 2
# shellcheck disable=SC2046
expect "alice by HTTP/1.1" "$(version --http1.1 $(as alice))" 1.1
expect "nobody" "$(curl -s --max-time 20 -w '%{http_code}' "$GATEWAY/")" 000
# shellcheck disable=SC2046
expect "a stranger" "$(curl -s --max-time 20 -w '%{http_code}' $(as mallory) "$GATEWAY/")" 000

row "client certificates optional: a wrong one is refused, none is not"
start_tls --tls-client-ca "$WORK/ca.pem" --tls-client optional
expect "nobody" "$(version)" 2
# shellcheck disable=SC2046
expect "a stranger" "$(curl -s --max-time 20 -w '%{http_code}' $(as mallory) "$GATEWAY/")" 000

row "callers told apart by their certificate: the same key is another key"
start_tls --tls-client-ca "$WORK/ca.pem" --tls-client optional --scope client-certificate --anonymous refuse
# shellcheck disable=SC2046
post "$KEY" $(as alice)
expect_performed
# shellcheck disable=SC2046
post "$KEY" $(as alice) --http1.1
expect_replayed
# shellcheck disable=SC2046
post "$KEY" $(as bob)
expect_performed
post "$KEY"
expect "without a certificate" "$STATUS" 401
expect "the number of effects" "$(effects "$KEY")" 2

row "key and certificate that do not belong together: no start, and the error says so"
wrong --tls-certificate "$WORK/server.pem" --tls-key "$WORK/second.key"
expect_like "the error" "$ERROR" \
  "*--tls-certificate: The key in *second.key is not the key of the first certificate in *server.pem.*"

row "a file that is not there, or is no certificate"
wrong --tls-certificate "$WORK/nowhere.pem" --tls-key "$WORK/server.key"
expect_like "the error" "$ERROR" "*nowhere.pem cannot be read: No such file or directory*"
wrong --tls-certificate "$WORK/server.key" --tls-key "$WORK/server.key"
expect_like "the error" "$ERROR" "*server.key has no certificate in PEM form*"

row "one option without the other, and words that are not known"
wrong --tls-certificate "$WORK/server.pem"
expect_like "the error" "$ERROR" "*tls-certificate needs tls-key as well.*"
wrong --tls-key "$WORK/server.key"
expect_like "the error" "$ERROR" "*tls-key needs tls-certificate as well.*"
wrong --tls-client-ca "$WORK/ca.pem"
expect_like "the error" "$ERROR" "*tls-client-ca needs tls-certificate as well.*"
wrong "${tls[@]}" --tls-client optional
expect_like "the error" "$ERROR" "*tls-client needs tls-client-ca as well.*"
wrong "${tls[@]}" --tls-client-ca "$WORK/ca.pem" --tls-client maybe
expect_like "the error" "$ERROR" "*--tls-client: \"maybe\" is not allowed. Allowed: optional, required.*"
wrong --scope client-certificate
expect_like "the error" "$ERROR" "*--scope: *tls-client-ca must name who issues those.*"
wrong --http2 maybe
expect_like "the error" "$ERROR" "*--http2: \"maybe\" is not allowed. Allowed: on or off.*"

finish
