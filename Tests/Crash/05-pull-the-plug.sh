#!/usr/bin/env bash
# Pulls the plug of the embedded stores, and of servers of PostgreSQL and Redis, in the middle of their work: nothing
# that was acknowledged may be missing. With writes that do not wait for the disk something must be missing, or this
# proves nothing.
# limit: 300
#
# The long form: POWER_CUTS=20.
set -euo pipefail
export STORE_LAB; STORE_LAB="$(dirname "$ONCE")/store-lab"
cut() { "$ROOT/scripts/powercut.sh" "$@"; }

for store in 'sqlite:{disk}/once.db' 'rocksdb:{disk}/once.rocksdb'; do
    cut --store "$store" --sync full --cuts "${POWER_CUTS:-3}" || exit
done
for server in postgres redis; do
    cut --server "$server" --cuts "${POWER_CUTS:-1}" || exit
done
echo "negative controls: weaker settings must lose what was acknowledged"
cut --sync normal --cuts 5 --expect lost
cut --sync off --cuts 5 --expect lost
cut --store 'rocksdb:{disk}/once.rocksdb' --sync off --cuts 5 --expect lost
cut --server postgres --set synchronous_commit=off --cuts 5 --expect lost
# Without fsync nearly all is gone, which needs no proof every time.
[ -z "${POWER_CUTS:-}" ] || cut --server postgres --set fsync=off --cuts 5 --expect lost
cut --server redis --set appendfsync=everysec --cuts 5 --expect lost
