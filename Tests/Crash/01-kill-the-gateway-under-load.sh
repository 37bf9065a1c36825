#!/usr/bin/env bash
# Kills the gateway under load, again and again; an upstream with a ledger of its own counts the effects.
# limit: 300
#
# With SQLite and RocksDB: interrupted attempts are held, interrupted attempts are asked about, and the negative
# control: told to repeat what is not safe to repeat, the gateway must be caught doubling effects, or the oracle sees
# nothing.
# The long form: CRASH_ROUNDS=160; for another store: CRASH_STORE=URL.
set -euo pipefail
lab="$(dirname "$ONCE")/crash-lab"
rounds="${CRASH_ROUNDS:-12}"
store="${CRASH_STORE:-sqlite:{data\}/once.db}"

"$lab" --once "$ONCE" --store "$store" --rounds "$rounds" --interrupted hold
"$lab" --once "$ONCE" --store "$store" --rounds "$rounds" --interrupted ask
"$lab" --once "$ONCE" --store "rocksdb:{data}/once.rocksdb" --rounds "$rounds" --interrupted ask

echo "negative control: rerun must double effects here, and be caught"
if output="$("$lab" --once "$ONCE" --store "$store" --rounds "$rounds" --interrupted rerun)"; then
    echo "$output"
    echo "the oracle found nothing wrong with repeated effects" >&2
    exit 1
fi
grep -m 1 "took effect" <<<"$output"
