#!/usr/bin/env bash
# Fuzzes the parsers with libFuzzer, guided by coverage; the short form is the test target FuzzTests. Inputs that reach
# something new stay in .build/fuzz/corpus; an input that breaks a property is left in .build/fuzz and ends the run.
#
# Usage: scripts/fuzz.sh [SECONDS [PROPERTY...]]       60 seconds for each property of Tests/Fuzz but the settings
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
properties=${*:-keyHeader json storedAnswer responseMessage record request}

# Tests see what is internal; with optimisation, or most of the time would go into debug code. The trap on overflow
# stays.
swift build --package-path Fuzz --scratch-path .build/fuzz -c release --sanitize fuzzer -Xswiftc -enable-testing
for property in $properties; do
  mkdir -p ".build/fuzz/corpus/$property"
  echo "==> $property, $seconds s"
  FUZZ_PROPERTY=$property .build/fuzz/release/FuzzRunner -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=4096 -print_final_stats=1 -artifact_prefix=".build/fuzz/$property-" \
    ".build/fuzz/corpus/$property" "Fuzz/Corpus/$property" 2>&1 |
    grep -E '^(#[0-9]+.DONE|stat::|==|SUMMARY|INFO: Seed)|Fatal error|Test unit written'
done
