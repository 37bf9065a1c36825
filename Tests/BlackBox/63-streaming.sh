#!/usr/bin/env bash
# Large bodies pass both ways without being held; whoever is slow slows the other side.
# STREAM_MIB=1024 for the long form.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

MIB=${STREAM_MIB:-128}
BYTES=$((MIB * 1048576))
# The gateway may not grow by more than this, in KiB, whatever passes through it.
GROWTH=49152

start

# peak: the most memory that the gateway has had so far, in KiB.
peak() { awk '/^VmHWM/ { print $2 }' "/proc/$GATEWAY_PID/status"; }

# expect_bounded BEFORE
expect_bounded() {
  local grown=$(($(peak) - $1))
  [ "$grown" -lt "$GROWTH" ] || expect "the growth of the gateway in KiB" "$grown" "less than $GROWTH"
}

send GET /
base=$(peak)

row "$MIB MiB to the client"
size=$(curl -s --max-time 300 -o /dev/null -w '%{size_download}' "$GATEWAY/bytes/$BYTES")
expect "the size" "$size" "$BYTES"
expect_bounded "$base"

row "$MIB MiB to the upstream"
truncate -s "$BYTES" "$WORK/upload"
size=$(curl -s --max-time 300 -X PUT -H "Content-Type: application/octet-stream" -H "Expect:" -T "$WORK/upload" \
  "$GATEWAY/sink")
expect "the size" "$size" "$BYTES"
expect_bounded "$base"

row "a client that takes little of $MIB MiB makes the upstream wait, not the gateway grow"
timeout 4 curl -s --limit-rate 256K -o /dev/null "$GATEWAY/bytes/$BYTES"
expect "the end of the client" "$?" 124
expect_bounded "$base"

row "a guarded answer that outgrows the limit streams on, and the gateway does not grow by it"
post "$KEY" -H "X-Script: size=$((BYTES / 4))"
expect_performed
expect "the size" "$(wc -c <"$WORK/answer.body")" $((BYTES / 4))
expect_bounded "$base"
post "$KEY"
expect_problem 410 answer-not-kept never

finish
