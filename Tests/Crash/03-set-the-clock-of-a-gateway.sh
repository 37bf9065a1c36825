#!/usr/bin/env bash
# Two gateways share an SQLite file, and the wall clock of one of them jumps by two days forward and an hour back
# (libfaketime); now and then that one is killed and leaves leases behind. A lease that ended early would be asked about
# too early and the effect doubled; one that never ended would leave its key stuck.
# limit: 180
#
# The negative control moves the boot clock as well, which no setting of a clock does: leases then end early, and that
# has to be caught. The long form: CLOCK_ROUNDS=120.
set -euo pipefail
lab="$(dirname "$ONCE")/crash-lab"
rounds="${CLOCK_ROUNDS:-9}"

if ! ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then
    echo "SKIPPED set clocks: libfaketime is not installed (Debian: apt-get install faketime)"
    exit 77
fi
"$lab" --once "$ONCE" --torment clock --rounds "$rounds" --interrupted ask

echo "negative control: with a boot clock that jumps, leases must end early and be caught"
if output="$("$lab" --once "$ONCE" --torment clock --rounds "$rounds" --interrupted rerun --fakes-boot-clock)"; then
    echo "$output"
    echo "the oracle found nothing wrong with leases that end early" >&2
    exit 1
fi
grep -m 1 "took effect" <<<"$output"
