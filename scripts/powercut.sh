#!/usr/bin/env bash
# Pulls the plug of a store and looks what is left: everything that was acknowledged has to be there.
#
# kill -9 says nothing about syncs, because what was written but not synced survives in the page cache. Here the store
# runs on a file system in an image file, mounted so that nothing reaches the image but what is synced: its journal
# waits for 300 s and the kernel's periodic write-back is off. The store is stopped in the middle of its work, the
# image is copied (what a disk would hold at that moment), the copy is mounted, recovered and held against what was
# acknowledged, which was written down outside. Then the store goes on, and the plug is pulled again.
#
# Usage: scripts/powercut.sh [--store URL] [--sync full|normal|off] [--cuts N] [--seed N] [--expect kept|lost]
#   --store URL    {disk} stands for the mounted image; sqlite:{disk}/once.db by default
#   --sync         what a commit waits for (store-lab write --sync); full by default
#   --cuts N       how often the plug is pulled; 3 by default
#   --expect lost  negative control: the run is right if acknowledged steps were lost
#
# Needs root and loop devices. Without them it says so and ends with status 77. Not modelled: torn sectors, writes that
# overtake each other between two syncs, disks that lie about a sync.
set -euo pipefail

root=${ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
lab=${STORE_LAB:-$root/.build/debug/store-lab}
store='sqlite:{disk}/once.db' sync=full cuts=3 seed=$RANDOM expect=kept
while [ $# -gt 0 ]; do
  case "$1" in
    --store) store=$2 ;; --sync) sync=$2 ;; --cuts) cuts=$2 ;; --seed) seed=$2 ;; --expect) expect=$2 ;;
    *) echo "powercut.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

skip() { echo "SKIPPED power cut: $*"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip "only root may mount"
for tool in mkfs.ext4 losetup mount; do command -v $tool >/dev/null || skip "there is no $tool"; done
[ -x "$lab" ] || { echo "powercut.sh: there is no $lab; build it: swift build --product store-lab" >&2; exit 2; }

writeback=/proc/sys/vm/dirty_writeback_centisecs
[ -w $writeback ] || skip "$writeback cannot be written"
# The setting is one for the whole machine: one run at a time, and its value is put back in every case.
exec 9>"${TMPDIR:-/tmp}/idempotency-powercut.lock"
flock 9
before=$(cat $writeback)
# A run that was killed may have left 0 behind; 500 is the kernel's own value.
[ "$before" -ne 0 ] || before=500
work=$(mktemp -d)
writer="" verifier=""

clean_up() {
  trap - EXIT INT TERM HUP
  for process in $verifier $writer; do
    kill -KILL "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  for place in disk copy; do
    for _ in 1 2 3 4 5; do
      mountpoint -q "$work/$place" || break
      umount "$work/$place" 2>/dev/null || sleep 0.3
    done
  done
  echo "$before" >$writeback
  mountpoint -q "$work/disk" || mountpoint -q "$work/copy" || rm -rf "$work"
}
trap clean_up EXIT
trap 'clean_up; exit 130' INT TERM HUP

mkdir "$work/disk" "$work/copy"
truncate -s 512M "$work/image"
mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$work/image"
mount -o loop,commit=300 "$work/image" "$work/disk" 2>"$work/error" || skip "cannot mount: $(cat "$work/error")"
sync -f "$work/disk"
echo 0 >$writeback

"$lab" write --store "${store//'{disk}'/$work/disk}" --sync "$sync" --seed "$seed" --seconds 3600 \
  >"$work/acks" 2>"$work/errors" 9>&- &
writer=$!

# Waits until so many lines more are acknowledged.
acknowledged() {
  local wanted=$(($(wc -l <"$work/acks") + $1)) tries=0
  while [ "$(wc -l <"$work/acks")" -lt "$wanted" ]; do
    kill -0 "$writer" 2>/dev/null || { echo "the store stopped:" >&2; cat "$work/errors" >&2; exit 1; }
    tries=$((tries + 1))
    [ $tries -lt 1200 ] || { echo "the store does not come on" >&2; exit 1; }
    sleep 0.05
  done
}

failed=0 keys=0 lost=0 broken=0
for cut in $(seq "$cuts"); do
  acknowledged $((300 + RANDOM % 900))
  kill -STOP "$writer"
  # Stopped means that no thread runs any more.
  until [ "$(awk '/^State:/{print $2}' "/proc/$writer/status")" = T ]; do sleep 0.01; done
  cp --sparse=always "$work/image" "$work/image-of-the-cut"
  cp "$work/acks" "$work/acks-of-the-cut"

  mount -o loop "$work/image-of-the-cut" "$work/copy"
  status=0
  timeout 600 "$lab" verify --store "${store//'{disk}'/$work/copy}" --sync "$sync" --seed "$seed" \
    --acks "$work/acks-of-the-cut" >"$work/verdict" 2>&1 9>&- &
  # In the background, so that a signal to this script is heard at once.
  verifier=$!
  wait "$verifier" || status=$?
  verifier=""
  if [ "${store%%:*}" = sqlite ]; then
    found=$(sqlite3 "$work/copy/once.db" 'PRAGMA integrity_check' 2>&1 | head -n 1) || true
    [ "$found" = ok ] || { echo "cut $cut: integrity check: $found"; broken=$((broken + 1)); }
  fi
  umount "$work/copy"
  rm -f "$work/image-of-the-cut"
  kill -CONT "$writer"
  sed "s/^/cut $cut: /" "$work/verdict"
  numbers=$(sed -n 's/^store-lab: \([0-9]*\) keys acknowledged, \([0-9]*\) lost .*, \([0-9]*\) broken$/\1 \2 \3/p' \
    "$work/verdict")
  if [ -n "$numbers" ]; then
    read -r k l b <<<"$numbers"
    keys=$((keys + k)) lost=$((lost + l)) broken=$((broken + b))
  elif [ $status -eq 124 ]; then
    echo "cut $cut: the store was not looked through within 600 s; nothing is known about this cut"
  else
    # A store that cannot even be opened has lost everything.
    lost=$((lost + $(cut -d ' ' -f 2 "$work/acks-of-the-cut" 2>/dev/null | sort -u | wc -l)))
  fi
  [ $status -eq 0 ] || failed=$((failed + 1))
done

echo "power cut: $store, sync $sync, seed $seed: $cuts cuts, $keys keys looked at, $lost lost an acknowledged step," \
  "$broken broken"
case "$expect" in
  kept) [ "$failed" -eq 0 ] && [ "$lost" -eq 0 ] && [ "$broken" -eq 0 ] ;;
  lost) [ "$lost" -gt 0 ] || { echo "the weak setting lost nothing, so this harness proves nothing" >&2; exit 1; } ;;
esac
