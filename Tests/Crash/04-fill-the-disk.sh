#!/usr/bin/env bash
# Fills the disk of the store to its last byte under load and frees it again: new keys are refused with 503 and nothing
# runs for them, keys that are completed are answered all the while, and the same process goes on when there is space.
# limit: 180
#
# On a file system in memory and on ext4 in an image file, as they find out about a full disk at different moments.
# RocksDB has no reserve here and writes until writes fail. The long form: FULL_ROUNDS=25, in which SQLite's write-ahead
# log would fill the small disk if it were not copied early, and RocksDB's text log would end the process if it were
# written; RocksDB also with a reserve, and with its own settings on a disk that has room for them.
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

# fill_rocksdb OPTIONS ROUNDS
fill_rocksdb() {
  "$lab" --once "$ONCE" --torment full --rounds "$2" --disk "$WORK/disk" --store "rocksdb:$WORK/disk/once.rocksdb$1"
  umount "$WORK/disk"
}
mount -t tmpfs -o size=24m tmpfs "$WORK/disk"
fill_rocksdb '?buffers=1MiB&cache=1MiB&reserve=0B' "${FULL_ROUNDS:-1}"

truncate -s 24M "$WORK/image"
mkfs.ext4 -q -F "$WORK/image"
mount -o loop "$WORK/image" "$WORK/disk" 2>/dev/null || {
  echo "no loop devices: the part on ext4 was left out"
  exit 0
}
"$lab" --once "$ONCE" --torment full --rounds "$rounds" --disk "$WORK/disk" --store "sqlite:$WORK/disk/once.db"
[ -n "${FULL_ROUNDS:-}" ] || exit 0

umount "$WORK/disk"
mount -t tmpfs -o size=24m tmpfs "$WORK/disk"
fill_rocksdb '?buffers=1MiB&cache=1MiB&reserve=2MiB' "$rounds"
truncate -s 900M "$WORK/image"
mkfs.ext4 -q -F "$WORK/image"
mount -o loop "$WORK/image" "$WORK/disk"
fill_rocksdb '' "$rounds"
