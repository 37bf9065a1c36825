#!/usr/bin/env bash
# Pulls the plug of the SQLite store in the middle of its work: nothing that was acknowledged may be missing. With commits
# that do not wait for the disk something must be missing, or this proves nothing.
# limit: 240
#
# The long form: POWER_CUTS=20.
set -euo pipefail
export STORE_LAB; STORE_LAB="$(dirname "$ONCE")/store-lab"
cut() { "$ROOT/scripts/powercut.sh" "$@"; }

cut --sync full --cuts "${POWER_CUTS:-3}" || exit
echo "negative controls: weaker settings must lose what was acknowledged"
cut --sync normal --cuts 1 --expect lost
cut --sync off --cuts 1 --expect lost
