#!/usr/bin/env bash
# once sweep: removes what has expired, and nothing else.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

# A sweeper that does not come in between.
start --retention 1s --sweep-interval 1h

row "what is not expired stays"
post kept-in-doubt -H "X-Script: break=unanswered"
out=$("$ONCE" sweep --store "$STORE")
expect "the exit code" "$?" 0
expect "the output" "$out" "Removed 0 expired records."

row "what is expired goes, in doubt it stays"
for number in 1 2 3; do post "expired-$number"; done
sleep 1.2
out=$("$ONCE" sweep --store "$STORE" --json)
expect "the removed" "$(jq .removed <<<"$out")" 3
out=$("$ONCE" keys list --store "$STORE" --json)
expect "what is left" "$(jq -r '.records[].key' <<<"$out")" kept-in-doubt

row "an expired key is a new request"
post expired-1
expect_performed
expect "the number of effects" "$(effects expired-1)" 2

finish
