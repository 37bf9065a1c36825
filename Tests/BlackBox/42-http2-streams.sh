#!/usr/bin/env bash
# What HTTP/2 does not guard is streamed both ways: pieces arrive as they are sent, and nobody reads ahead.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# The upstream of these rows is in the client's hands.
STREAM_PORT=$(free_port)
UPSTREAM=http://127.0.0.1:$STREAM_PORT
streams() { timeout 60 python3 "$HERE/http2_streams.py" "$GATEWAY_PORT" "$STREAM_PORT" "$@"; }

start_gateway

row "each piece of a request reaches the upstream before the next one is sent"
expect "the pieces" "$(streams upload)" "one two three"

row "each event of an answer reaches the client before the next one is sent"
expect "the pieces" "$(streams download)" "one two three"

row "trailers go both ways, and interim answers come first"
expect "what came" "$(streams trailers)" "103 200; x-sum at the upstream, trailers at the client"

row "an upstream that reads nothing stops the client; what was held is within a window"
expect "the upload" "$(streams blocked-upload)" "stopped, then complete"

row "a client that reads nothing stops the upstream"
expect "the download" "$(streams blocked-download)" "stopped, then complete"

row "a stream that waits does not hold up another one of its connection"
expect "the other stream" "$(streams side-by-side)" "200, then complete"

finish
