#!/usr/bin/env bash
# Health checks of the upstream: off unless a path is set; what fails them gets no request.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

ready() { curl -s -o /dev/null -w '%{http_code}' --max-time 5 "http://127.0.0.1:$ADMIN_PORT/readyz"; }
wait_ready() {
  local _
  for _ in $(seq 300); do [ "$(ready)" = "$1" ] && return 0; sleep 0.1; done
  expect "readiness" "$(ready)" "$1"
}

row "without a path nobody asks: an upstream that is ill gets requests"
echo 500 >"$WORK/health"
start
post "$KEY"
expect_performed
expect "readiness" "$(ready)" 200

row "bad answers take it out: 502, nothing executed, the key is free; the gateway is not ready"
start --upstream-health /healthz --upstream-health-interval 200ms --upstream-health-fall 2
wait_ready 503
post "$KEY"
expect_problem 502 upstream-unreachable same-key
expect "the number of effects" "$(effects "$KEY")" 0
grep -q "fails its health checks.*\|.*it answered 500" "$WORK/gateway.log" || expect "the log" "" "it answered 500"

row "good answers bring it back, and the key runs"
rm "$WORK/health"
wait_ready 200
post "$KEY"
expect_performed
expect "the number of effects" "$(effects "$KEY")" 1

row "a redirection is a good answer, a failure of the client's kind is not"
echo 302 >"$WORK/health"
sleep 1
expect "readiness" "$(ready)" 200
echo 404 >"$WORK/health"
wait_ready 503

finish
