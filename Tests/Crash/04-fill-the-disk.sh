#!/usr/bin/env bash
# Fills the disk of the store to its last byte under load and frees it again: new keys are refused with 503 and nothing
# runs for them, keys that are completed are answered all the while, and the same process goes on when there is space.
# limit: 180
#
# On a file system in memory and on ext4 in an image file, as they find out about a full disk at different moments.
# The long form: FULL_ROUNDS=25, in which the write-ahead log would fill the small disk if it were not copied early.
set -euo pipefail
lab="$(dirname "$ONCE")/crash-lab"
rounds="${FULL_ROUNDS:-3}"

skip() { echo "SKIPPED full disk: $*"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip "only root may mount"
mkdir "$WORK/disk"
trap 'umount "$WORK/disk" 2>/dev/null || true' EXIT

mount -t tmpfs -o size=12m tmpfs "$WORK/disk" 2>/dev/null || skip "this machine allows no mounts"
"$lab" --once "$ONCE" --torment full --rounds "$rounds" --disk "$WORK/disk" --store "sqlite:$WORK/disk/once.db"
umount "$WORK/disk"

truncate -s 24M "$WORK/image"
mkfs.ext4 -q -F "$WORK/image"
mount -o loop "$WORK/image" "$WORK/disk" 2>/dev/null || {
  echo "no loop devices: the part on ext4 was left out"
  exit 0
}
"$lab" --once "$ONCE" --torment full --rounds "$rounds" --disk "$WORK/disk" --store "sqlite:$WORK/disk/once.db"
