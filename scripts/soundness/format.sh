#!/usr/bin/env bash
# The sources are formatted as .swift-format says, and every public declaration is documented.
#
# Usage: format.sh ROOT
set -uo pipefail
cd "$1" || exit 2

folders=()
for folder in Sources Tests Examples Benchmarks; do [ -d "$folder" ] && folders+=("$folder"); done
found=$(find "${folders[@]}" -name .build -prune -o -name '*.swift' -print0 |
  xargs -0 swift format lint --strict --parallel --configuration .swift-format 2>&1)
if [ $? -eq 0 ]; then
  echo "OK format"
else
  echo "FAILED format: $(grep -c . <<<"$found") findings; 'make format' repairs most of them"
  sed "s|^$PWD/||; s/^/       /" <<<"$found" | head -n 20
  exit 1
fi
