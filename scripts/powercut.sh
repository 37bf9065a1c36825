#!/usr/bin/env bash
# Pulls the plug of a store and looks what is left: everything that was acknowledged has to be there.
#
# kill -9 says nothing about syncs, because what was written but not synced survives in the page cache. Here the store
# runs on a file system in an image file, mounted so that nothing reaches the image but what is synced: its journal
# waits for 300 s and the kernel's periodic write-back is off. The store is stopped in the middle of its work, the
# image is copied (what a disk would hold at that moment), the copy is mounted, recovered and held against what was
# acknowledged, which was written down outside. Then the store goes on, and the plug is pulled again.
#
# With --server it is a server's plug: its files lie on the image, it is stopped with all its processes after whoever
# writes to it, and another one is started on the copy, which recovers as it would after a power cut.
#
# Usage: scripts/powercut.sh [--store URL | --server postgres|redis [--set NAME=VALUE]...]
#                            [--sync full|normal|off] [--cuts N] [--seed N] [--expect kept|lost]
#   --store URL    {disk} stands for the mounted image; sqlite:{disk}/once.db by default
#   --server KIND  a server of its own, with its defaults; for Redis: appendonly yes, appendfsync always
#   --set          a setting of the server that is to be otherwise: fsync=off, appendfsync=everysec
#   --sync         what a commit waits for (store-lab write --sync); full by default
#   --cuts N       how often the plug is pulled; 3 by default
#   --expect lost  negative control: the run is right if acknowledged steps were lost; it ends with the first cut that
#                  shows it
#
# Needs root and loop devices. Without them it says so and ends with status 77. Not modelled: torn sectors, writes that
# overtake each other between two syncs, disks that lie about a sync.
set -euo pipefail

root=${ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
lab=${STORE_LAB:-$root/.build/debug/store-lab}
store='sqlite:{disk}/once.db' sync=full cuts=3 seed=$RANDOM expect=kept
server="" settings=()
while [ $# -gt 0 ]; do
  case "$1" in
    --store) store=$2 ;; --sync) sync=$2 ;; --cuts) cuts=$2 ;; --seed) seed=$2 ;; --expect) expect=$2 ;;
    --server) server=$2 ;; --set) settings+=("$2") ;;
    *) echo "powercut.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done

skip() { echo "SKIPPED power cut: $*"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip "only root may mount"
for tool in mkfs.ext4 losetup mount; do command -v $tool >/dev/null || skip "there is no $tool"; done
[ -x "$lab" ] || { echo "powercut.sh: there is no $lab; build it: swift build --product store-lab" >&2; exit 2; }

case "$server" in
  "") what="$store, sync $sync" ;;
  postgres | redis) what="$server${settings[*]:+ (${settings[*]})}"; . "$root/scripts/powercut/$server.sh" ;;
  *) echo "powercut.sh: there is no server $server; allowed: postgres, redis" >&2; exit 2 ;;
esac

writeback=/proc/sys/vm/dirty_writeback_centisecs
[ -w $writeback ] || skip "$writeback cannot be written"
# The setting is one for the whole machine: one run at a time, and its value is put back in every case.
exec 9>"${TMPDIR:-/tmp}/idempotency-powercut.lock"
flock 9
before=$(cat $writeback)
# A run that was killed may have left 0 behind; 500 is the kernel's own value.
[ "$before" -ne 0 ] || before=500
work=$(mktemp -d)
# The user of a server has to get in.
chmod 711 "$work"
writer="" verifier="" running="" recovered="" started=""

# Stops a server, or lets it go on, with all its processes: all_of PID SIGNAL.
all_of() {
  local process
  for process in "$1" $(pgrep -P "$1"); do kill -s "$2" "$process" 2>/dev/null || true; done
  [ "$2" = STOP ] || return 0
  for process in "$1" $(pgrep -P "$1"); do stopped "$process"; done
}

# Waits until no thread of a process runs any more; one that has ended does not run either.
stopped() {
  while true; do
    case "$(awk '/^State:/{print $2}' "/proc/$1/status" 2>/dev/null)" in T | Z | X | "") return ;; esac
    sleep 0.01
  done
}

# end_server PID: at once; nothing that it would still write is wanted.
end_server() {
  local process processes
  processes="$1 $(pgrep -P "$1" || true)"
  all_of "$1" KILL
  wait "$1" 2>/dev/null || true
  # Its children are nobody's that could be waited for; the disk is theirs until they have ended.
  for process in $processes; do
    while kill -0 "$process" 2>/dev/null; do sleep 0.01; done
  done
}

# await_server PID PORT: whether it came to accept connections, within a minute.
await_server() {
  local tries=0
  until server_answers "$2"; do
    tries=$((tries + 1))
    kill -0 "$1" 2>/dev/null && [ $tries -lt 600 ] || return 1
    sleep 0.1
  done
}

# A port that nobody listens on.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
  done
}

clean_up() {
  trap - EXIT INT TERM HUP
  for process in $verifier $writer; do
    kill -KILL "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  for process in $recovered $running; do end_server "$process"; done
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
truncate -s 2G "$work/image"
mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$work/image"
mount -o loop,commit=300 "$work/image" "$work/disk" 2>"$work/error" || skip "cannot mount: $(cat "$work/error")"
url=${store//'{disk}'/$work/disk}
if [ -n "$server" ]; then
  port=$(free_port)
  server_make "$work/disk"
  server_start "$work/disk" "$port" "${settings[@]}"
  running=$started
  await_server "$running" "$port" || { echo "the server does not start:" >&2; cat "$work/server.log" >&2; exit 1; }
  url=$(server_url "$port" "${settings[@]}")
fi
sync -f "$work/disk"
echo 0 >$writeback

"$lab" write --store "$url" --sync "$sync" --seed "$seed" --seconds 3600 \
  >"$work/acks" 2>"$work/errors" 9>&- &
writer=$!

# recover PLACE: the URL of what is there, in `url`; fails where a server does not come up on it.
recover() {
  url=${store//'{disk}'/$1}
  [ -n "$server" ] || return 0
  local port; port=$(free_port)
  server_start "$1" "$port"
  recovered=$started
  url=$(server_url "$port")
  await_server "$recovered" "$port"
}

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

failed=0 pulled=0 keys=0 lost=0 broken=0
for cut in $(seq "$cuts"); do
  acknowledged $((300 + RANDOM % 900))
  kill -STOP "$writer"
  stopped "$writer"
  [ -z "$running" ] || all_of "$running" STOP
  cp --sparse=always "$work/image" "$work/image-of-the-cut"
  cp "$work/acks" "$work/acks-of-the-cut"

  if [ -n "$running" ]; then
    # Both go on at once: whoever writes does not wait for its server for ever.
    all_of "$running" CONT
    kill -CONT "$writer"
  fi

  mount -o loop "$work/image-of-the-cut" "$work/copy"
  status=0
  : >"$work/verdict"
  if recover "$work/copy"; then
    timeout 600 "$lab" verify --store "$url" --sync "$sync" --seed "$seed" \
      --acks "$work/acks-of-the-cut" >"$work/verdict" 2>&1 9>&- &
    # In the background, so that a signal to this script is heard at once.
    verifier=$!
    wait "$verifier" || status=$?
    verifier=""
  else
    status=3
    { echo "the server does not come up again:"; tail -n 5 "$work/server.log"; } >"$work/verdict"
  fi
  [ -z "$recovered" ] || { end_server "$recovered"; recovered=""; }
  if [ -z "$server" ] && [ "${store%%:*}" = sqlite ]; then
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
  pulled=$cut
  # A cut that comes just behind a sync loses nothing under any setting: another one is made.
  [ "$expect" = kept ] || [ "$lost" -eq 0 ] || break
done

echo "power cut: $what, seed $seed: $pulled cuts, $keys keys looked at, $lost lost an acknowledged step," \
  "$broken broken"
case "$expect" in
  kept) [ "$failed" -eq 0 ] && [ "$lost" -eq 0 ] && [ "$broken" -eq 0 ] ;;
  lost) [ "$lost" -gt 0 ] || { echo "the weak setting lost nothing, so this harness proves nothing" >&2; exit 1; } ;;
esac
