#!/usr/bin/env bash
# Clients of HTTP/2 that cost more than they pay (scenario 38): each is stopped with ENHANCE_YOUR_CALM, nothing stays
# behind, and others are served meanwhile.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

http2() { timeout 60 python3 "$HERE/http2.py" "$GATEWAY_PORT" "$@"; }
# The memory that the gateway holds, in KiB.
memory() { awk '/^VmRSS:/ { print $2 }' "/proc/$GATEWAY_PID/status"; }
# Whether a client that keeps the rules is served.
expect_service() { expect "another client" "$(http2 serves)" 200; }

start

# Everything that is set up once has been.
for _ in 1 2 3; do h2load -n 1000 -c 10 -m 10 "$GATEWAY/warm" >/dev/null 2>&1; done
before=$(memory)

row "rapid reset (CVE-2023-44487), twenty thousand streams on each of ten connections"
clients=()
for number in $(seq 10); do http2 rapid-reset >"$WORK/flood.$number" & clients+=($!); done
expect_service
wait "${clients[@]}"
for number in $(seq 10); do expect "the outcome" "$(cat "$WORK/flood.$number")" "goaway ENHANCE_YOUR_CALM"; done
expect_service

row "the same with guarded requests, whose bodies never come: no record, no effect"
for _ in 1 2 3; do expect "the outcome" "$(http2 rapid-reset 20000 POST)" "goaway ENHANCE_YOUR_CALM"; done
expect "the records" "$("$ONCE" keys list --store "$STORE" 2>/dev/null | grep -c reset)" 0
expect "the number of effects" "$(effects)" 0

row "resets that the client makes the server send (CVE-2025-8671)"
expect "the outcome" "$(http2 made-to-reset)" "goaway ENHANCE_YOUR_CALM"

row "floods of PING, SETTINGS, PRIORITY and empty DATA frames (CVE-2019-9512, 9515, 9513, 9518)"
for flood in pings settings priorities empty-data; do
  expect "the outcome of $flood" "$(http2 $flood)" "goaway ENHANCE_YOUR_CALM"
done

row "a header that never ends (CVE-2024-27316), of nothing and of much"
expect "the outcome" "$(http2 continuations)" "goaway ENHANCE_YOUR_CALM"
expect_like "the outcome" "$(http2 continuations 10000)" "goaway *"

row "a header that is small on the wire and large when unpacked"
expect_like "the outcome" "$(http2 header-bomb)" "goaway *"

row "more streams at a time than agreed"
expect_like "the outcome" "$(http2 too-many-streams)" "[rg]*"

row "a half-sent header or body, and a body that drips, are not waited for, and leave nothing behind"
http2 half-header >"$WORK/half-header" &
header=$!
http2 slow-body "$KEY-slow" >"$WORK/slow-body" &
slow=$!
expect "the body" "$(http2 half-body "$KEY")" "408"
wait $header $slow
expect "the slow body" "$(cat "$WORK/slow-body")" "408"
expect_like "the header" "$(cat "$WORK/half-header")" "closed"
expect "the number of effects" "$(effects)" 0

row "after all that: the gateway serves, and holds no more memory than 64 MiB above what it began with"
expect_service
post "$KEY" --http2-prior-knowledge
expect_performed
after=$(memory)
[ $((after - before)) -lt 65536 ] || expect "the memory" "$after KiB" "at most 64 MiB more than $before KiB"
echo "        memory: $before KiB before, $after KiB after"

finish
