#!/usr/bin/env bash
# The whole test run: builds, checks the sources, runs the unit tests, the examples' tests, the black-box scripts and
# the crash scripts. Fails if anything fails. The last line tells how much passed and how much failed.
#
# Usage: scripts/test.sh [STEP...]       steps: build soundness selftest unit examples blackbox crash; all by default
#
# Every step runs in a session of its own with a limit; whatever it leaves running is stopped by pid, also when the
# run is interrupted. Logs stay in .build/test-logs. A script finds in its environment:
#   ROOT   the repository     ONCE   the `once` executable     WORK   an empty folder, removed afterwards
# and may set its own limit with a line `# limit: SECONDS` (180 otherwise).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

readonly MINUTES=${TEST_MINUTES:-25}
readonly LOGS=$PWD/.build/test-logs
passed=0
failed=0
session=""
work=""

# The pids that the running step has started: those of its session, and those that went into a session of their own
# but still carry its mark in their environment.
started() {
  pgrep --session "$session"
  grep -lsz "^TEST_STEP=$$-$session\$" /proc/[0-9]*/environ | cut -d / -f 3
}

# Ends every process that the running step has started: first politely, then not.
stop_session() {
  [ -n "$session" ] || return 0
  local signal pids
  for signal in TERM TERM TERM KILL; do
    pids=$(started)
    [ -n "$pids" ] || break
    kill -s "$signal" $pids 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(started)" ] || break 2; sleep 0.1; done
  done
  session=""
}

clean_up() {
  trap - EXIT INT TERM HUP
  stop_session
  [ -z "$work" ] || rm -rf "$work"
}
trap clean_up EXIT
trap 'echo "interrupted"; clean_up; exit 130' INT TERM HUP

# run LIMIT LOG COMMAND...: runs a command in its own session. What it printed is in LOG.
run() {
  local limit=$1 log=$2 left=$((MINUTES * 60 - SECONDS)) status
  shift 2
  [ "$limit" -le "$left" ] || limit=$left
  if [ "$limit" -le 0 ]; then echo "the run's $MINUTES minutes are over" >"$log"; return 124; fi
  # The shell that becomes the command knows its own pid, which is its session's number.
  setsid bash -c 'export TEST_STEP=$0-$$; exec timeout --kill-after=10 "$@"' $$ "$limit" "$@" \
    >"$log" 2>&1 </dev/null &
  session=$!
  wait "$session" 2>/dev/null
  status=$?
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then echo "stopped after its limit of $limit seconds" >>"$log"; fi
  stop_session
  return "$status"
}

say() { printf '%s\n' "$*"; }

# result STATUS NAME SECONDS LOG: one line for a thing that ran, and the end of its log if it failed.
result() {
  if [ "$1" -eq 0 ]; then
    say "  ok      $2 (${3}s)"
  else
    say "  FAILED  $2 (${3}s)"
    tail -n 40 "$4" | sed 's/^/          /'
  fi
}

# count_tests STATUS REPORT: adds what a Swift test run reported. A run that failed without saying where, or that ran
# no test, counts as one failure.
count_tests() {
  local tests=0 failures=0
  if [ -f "$2" ]; then
    tests=$(grep -c '<testcase ' "$2")
    failures=$(awk '/<testcase /{open=1} /<failure/{if (open) {count++; open=0}} END{print count+0}' "$2")
  fi
  if [ "$1" -ne 0 ] || [ "$tests" -eq 0 ]; then [ "$failures" -gt 0 ] || failures=1; fi
  if [ "$tests" -lt "$failures" ]; then tests=$failures; fi
  passed=$((passed + tests - failures))
  failed=$((failed + failures))
  say "          $((tests - failures)) of $tests tests passed"
}

# Two tests at a time: most of what a test takes is waiting, and more at a time would make the others late. One at a
# time where the tools cannot count.
width=(--no-parallel)
if swift test --help-hidden 2>/dev/null | grep -q -- --experimental-maximum-parallelization-width; then
  width=(--experimental-maximum-parallelization-width 2)
fi

# swift_test NAME LIMIT OPTION...: runs the tests of one package and counts them.
swift_test() {
  local name=$1 limit=$2 start=$SECONDS status log=$LOGS/$1.log
  shift 2
  rm -f "$LOGS/$name"*.xml
  run "$limit" "$log" ${with[@]+"${with[@]}"} \
    swift test --disable-xctest "${width[@]}" --xunit-output "$LOGS/$name.xml" "$@"
  status=$?
  result "$status" "$name" $((SECONDS - start)) "$log"
  if [ "$status" -ne 0 ]; then
    say "          what failed:"
    grep -E '(✘|error:|Fatal error|_SEED=)' "$log" | grep -v '^◇' | head -n 40 | sed 's/^/          /'
  fi
  count_tests "$status" "$LOGS/$name.xml"
}

build() {
  say "==> Building everything, tests included"
  local start=$SECONDS status
  run 1200 "$LOGS/build.log" swift build --build-tests
  status=$?
  result "$status" "swift build --build-tests" $((SECONDS - start)) "$LOGS/build.log"
  if [ "$status" -ne 0 ]; then
    grep -E 'error:' "$LOGS/build.log" | sort -u | head -n 40
    failed=$((failed + 1))
    finish
  fi
}

# One line per check; each counts.
checks() {
  say "==> $2"
  run 300 "$LOGS/$1.log" "scripts/$1.sh"
  local status=$? ok bad
  sed 's/^/  /' "$LOGS/$1.log"
  ok=$(grep -c '^OK ' "$LOGS/$1.log")
  bad=$(grep -c '^FAILED ' "$LOGS/$1.log")
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; say "  FAILED  scripts/$1.sh ended with status $status"; fi
  passed=$((passed + ok))
  failed=$((failed + bad))
}

soundness() { checks soundness "Checking the sources"; }
selftest() { checks soundness-selftest "Proving that each check can fail"; }

unit() {
  say "==> Running the unit tests"
  swift_test unit 900 --skip-build
}

# The examples are packages of their own. They build into this package's .build, so that what they depend on, which is
# built already, is not built again.
examples() {
  local manifest folder
  for manifest in Examples/*/Package.swift; do
    [ -f "$manifest" ] || continue
    folder=$(dirname "$manifest")
    say "==> Building and testing $folder"
    with=()
    # Its tests look for a database in DATABASE_URL.
    if grep -q IdempotencyPostgres "$manifest"; then with=(scripts/with-postgres.sh); fi
    swift_test "example-$(basename "$folder")" 600 --package-path "$folder" --scratch-path .build
    with=()
  done
}

# scripts TITLE FOLDER PATTERN: runs every script of a folder in order; each counts.
scripts() {
  local script name limit start status
  for script in $2/$3; do
    [ -f "$script" ] || continue
    [ -z "$1" ] || { say "==> $1"; set -- "" "$2" "$3"; }
    name=$(basename "$2")-$(basename "$script" .sh)
    limit=$(sed -n 's/^# limit: *\([0-9][0-9]*\).*$/\1/p' "$script" | head -n 1)
    start=$SECONDS
    work=$(mktemp -d)
    run "${limit:-180}" "$LOGS/$name.log" env ROOT="$PWD" ONCE="$PWD/.build/debug/once" WORK="$work" bash "$script"
    status=$?
    rm -rf "$work"
    work=""
    # A script that cannot run on this machine ends with 77 and says why in its last line; it counts as neither.
    if [ "$status" -eq 77 ]; then
      say "  skipped $script: $(tail -n 1 "$LOGS/$name.log")"
      continue
    fi
    result "$status" "$script" $((SECONDS - start)) "$LOGS/$name.log"
    if [ "$status" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
}

blackbox() { scripts "Running the black-box scripts" Tests/BlackBox '[0-9][0-9]*-*.sh'; }
crash() { scripts "Running the crash scripts" Tests/Crash '*.sh'; }

finish() {
  say ""
  say "took $((SECONDS / 60)) min $((SECONDS % 60)) s; logs are in .build/test-logs"
  say "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit $?
}

steps="build soundness selftest unit examples blackbox crash"
for step in "$@"; do
  [[ " $steps " == *" $step "* ]] || { echo "test.sh: there is no step '$step'; steps are $steps" >&2; exit 2; }
done
say "==> Making sure that Debian packages are there"
scripts/packages.sh build soundness test || exit 1
scripts/moto.sh || true
mkdir -p "$LOGS"
for step in ${*:-$steps}; do "$step"; done
finish
