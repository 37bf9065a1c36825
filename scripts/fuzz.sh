#!/usr/bin/env bash
# Fuzzes the parsers with libFuzzer, guided by coverage; the short form is the test target FuzzTests. Inputs that reach
# something new stay in .build/fuzz/corpus; an input that breaks a property is left in .build/fuzz and ends the run.
#
# Usage: scripts/fuzz.sh [SECONDS [PROPERTY...]]            60 seconds for each property but the settings
#        scripts/fuzz.sh --planted [SECONDS [PROPERTY...]]  with the faults of Fuzz/Planted: each must be found, in 300
#                                                           seconds at most; a busy machine needs more than a quiet one
#        scripts/fuzz.sh --keep [PROPERTY...]               puts what reached something new into Fuzz/Corpus
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-}
case $mode in
  --planted | --keep) shift ;;
  *) mode=--find ;;
esac
case $mode in
  --planted) seconds=300 ;;
  *) seconds=60 ;;
esac
if [ "$mode" != --keep ]; then
  seconds=${1:-$seconds}
  shift || true
fi
properties=${*:-keyHeader json storedAnswer responseMessage record row request http2}
runner=.build/fuzz/release/FuzzRunner
# Under this name, whatever the folder is called: the package manager confuses packages in folders of the same name.
subject=$PWD/.build/fuzz/subject/swift-idempotency
mkdir -p "${subject%/*}"
ln -sfn "$PWD" "$subject"

# Tests see what is internal; with optimisation, or most of the time would go into debug code. The trap on overflow
# stays.
build() {
  FUZZ_SUBJECT=$subject swift build --package-path Fuzz --scratch-path .build/fuzz -c release --sanitize fuzzer \
    -Xswiftc -enable-testing --product FuzzRunner
}

# The runtime would print a backtrace and keep libFuzzer from saving the input.
export SWIFT_BACKTRACE=enable=no

# fuzz PROPERTY OPTIONS... DIRECTORIES...: what breaks the property is left in $findings.
findings=.build/fuzz
fuzz() {
  FUZZ_PROPERTY=$1 "$runner" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -use_value_profile=1 \
    -artifact_prefix="$findings/$1-" "${@:2}"
}

find_something() {
  build
  for property in $properties; do
    mkdir -p ".build/fuzz/corpus/$property"
    echo "==> $property, $seconds s"
    fuzz "$property" -max_total_time="$seconds" -print_final_stats=1 ".build/fuzz/corpus/$property" \
      "Fuzz/Corpus/$property" 2>&1 |
      grep -aE '^(#[0-9]+.(INITED|DONE)|stat::|==|SUMMARY|INFO: Seed)|Fatal error|Test unit written'
  done
}

# A copy of the sources with all the faults; what they depend on is built only once.
find_planted() {
  subject=$PWD/.build/fuzz/planted/swift-idempotency
  rm -rf "$subject"
  mkdir -p "$subject"
  cp -r Package.swift Sources Tests "$subject"
  for property in $properties; do
    patch --silent --no-backup-if-mismatch --fuzz=0 -p1 -d "$subject" <"Fuzz/Planted/$property.patch"
  done
  build
  findings=.build/fuzz/planted
  local missed=0
  for property in $properties; do
    local log=.build/fuzz/planted/$property.log new=.build/fuzz/planted/new/$property start=$SECONDS
    # Not what an earlier run has found.
    rm -rf "$new"
    mkdir -p "$new"
    if fuzz "$property" -max_total_time="$seconds" -print_final_stats=1 "$new" "Fuzz/Corpus/$property" \
      >"$log" 2>&1; then
      echo "MISSED $property in $seconds s"
      missed=1
    else
      echo "FOUND $property: $(head -1 "Fuzz/Planted/$property.patch") $(found "$log"), $((SECONDS - start)) s"
    fi
  done
  return "$missed"
}

# After how many inputs, and whether one of the corpus was enough.
found() {
  local inputs
  inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1")
  if grep -qa INITED "$1"; then echo "after $inputs inputs"; else echo "by the corpus, $inputs inputs"; fi
}

keep() {
  # The last build may have been the one with the faults.
  build
  for property in $properties; do
    local all=.build/fuzz/kept/$property
    rm -rf "$all"
    mkdir -p "$all" "Fuzz/Corpus/$property" ".build/fuzz/corpus/$property"
    # First what is there already, then what adds to it; the smallest input for each new place.
    fuzz "$property" -use_value_profile=0 -use_counters=0 -merge=1 "$all" "Fuzz/Corpus/$property" \
      ".build/fuzz/corpus/$property" \
      >".build/fuzz/kept/$property.log" 2>&1
    local before after
    before=$(find "Fuzz/Corpus/$property" -type f | wc -l)
    fuzz "$property" -use_value_profile=0 -use_counters=0 -merge=1 "Fuzz/Corpus/$property" "$all" \
      >>".build/fuzz/kept/$property.log" 2>&1
    drop_copies "Fuzz/Corpus/$property"
    after=$(find "Fuzz/Corpus/$property" -type f | wc -l)
    echo "$property: $before inputs before, $after now"
  done
}

# What a process does once only, whatever its first input is, counts as reached by that input: it may come a second
# time, under a name made of its bytes.
drop_copies() {
  local file other
  for file in "$1"/*; do
    [[ ${file##*/} =~ ^[0-9a-f]{40}$ ]] || continue
    for other in "$1"/*; do
      if [ "$other" != "$file" ] && cmp -s "$file" "$other"; then rm "$file"; break; fi
    done
  done
}

case $mode in
  --planted) find_planted ;;
  --keep) keep ;;
  *) find_something ;;
esac
