#!/usr/bin/env bash
# Concurrent histories of the stores, with and without lost replies: for each key some order of the exchanges explains
# all answers. Faults planted in the store have to be found.
# limit: 180
#
# The long form: HISTORY_OPERATIONS=1000000, of a release build if ONCE is one.
set -euo pipefail
lab="$(dirname "$ONCE")/store-lab"
operations="${HISTORY_OPERATIONS:-20000}"
seed="${HISTORY_SEED:-$RANDOM}"

for store in memory: "sqlite:$WORK/once.db" "rocksdb:$WORK/once.rocksdb"; do
    echo "$store"
    "$lab" history --store "$store" --operations "$operations" --seed "$seed"
done
for fault in lost-update stale-read forgotten-write; do
    if output="$("$lab" history --store memory: --operations 20000 --seed "$seed" --plant "$fault")"; then
        echo "$output"
        echo "the planted fault '$fault' was not found (seed $seed)" >&2
        exit 1
    fi
    echo "planted $fault: $(grep -m 1 VIOLATION <<<"$output")"
done
