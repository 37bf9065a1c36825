#!/usr/bin/env bash
# Two gateways share a store; one is stopped (SIGSTOP) until its leases are over and the other has taken over by the
# policy; then it goes on with what it had in hand.
# limit: 300
#
# The negative control is `rerun` against an upstream that does not know keys: it has to be caught.
# The long form: STOP_ROUNDS=60.
set -euo pipefail
lab="$(dirname "$ONCE")/crash-lab"
rounds="${STOP_ROUNDS:-4}"
store="${CRASH_STORE:-sqlite:{data\}/once.db}"

"$lab" --once "$ONCE" --store "$store" --torment stop --rounds "$rounds" --interrupted hold
"$lab" --once "$ONCE" --store "$store" --torment stop --rounds "$rounds" --interrupted ask

echo "negative control: rerun must double effects here, and be caught"
if output="$("$lab" --once "$ONCE" --store "$store" --torment stop --rounds "$rounds" --interrupted rerun)"; then
    echo "$output"
    echo "the oracle found nothing wrong with repeated effects" >&2
    exit 1
fi
grep -m 1 "took effect" <<<"$output"
