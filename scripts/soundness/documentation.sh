#!/usr/bin/env bash
# The documentation of every public module is built with warnings as errors: a link to a symbol that is not there, or a
# parameter that is not one, fails. Reads the modules that a debug build left behind, so it costs no second build.
#
# Usage: documentation.sh ROOT
set -uo pipefail
cd "$1" || exit 2

skip() { echo "FAILED documentation: $1"; exit 1; }
command -v docc >/dev/null || skip "this Swift toolchain has no docc"
built=.build/debug
[ -d "$built/Modules" ] || skip "nothing is built; run 'swift build' first"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

target=$(swiftc -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | head -n 1)
# Where the C modules of this package and its dependencies describe themselves; each module once, no Swift modules.
maps=()
seen=" "
while IFS= read -r map; do
  name=$(sed -n 's/^ *\(framework \)\{0,1\}module \([A-Za-z_0-9]*\).*/\2/p' "$map" | head -n 1)
  if [[ $seen == *" $name "* ]] || [ -e "$built/Modules/$name.swiftmodule" ]; then continue; fi
  seen+="$name "
  maps+=(-Xcc "-fmodule-map-file=$map")
done < <(find Sources "$built"/*.build .build/checkouts/*/Sources -name module.modulemap 2>/dev/null)

# Where the headers of system libraries lie that are in no folder of the compiler's own.
for library in $(sed -n 's/.*pkgConfig: "\([^"]*\)".*/\1/p' Package.swift); do
  for flag in $(pkg-config --cflags-only-I "$library" 2>/dev/null); do maps+=(-Xcc "$flag"); done
done

# Public modules are the libraries among the products.
modules=$(sed -n 's/^ *\.library(.*targets: *\[\(.*\)\].*$/\1/p' Package.swift | tr -d '" ' | tr ',' '\n' | sort -u)
[ -n "$modules" ] || skip "Package.swift has no library product"
count=0
for module in $modules; do
  mkdir -p "$work/$module"
  if ! swift symbolgraph-extract -module-name "$module" -target "$target" -I "$built/Modules" "${maps[@]}" \
    -minimum-access-level public -skip-inherited-docs -output-dir "$work/$module" >"$work/log" 2>&1; then
    skip "the symbols of $module cannot be read: $(head -n 3 "$work/log" | tr '\n' ' ')"
  fi
  catalogs=$(find Sources -type d -name "$module.docc" | head -n 1)
  if ! docc convert ${catalogs:+"$catalogs"} --warnings-as-errors --fallback-display-name "$module" \
    --fallback-bundle-identifier "$module" --additional-symbol-graph-dir "$work/$module" \
    --output-path "$work/$module.doccarchive" >"$work/log" 2>&1; then
    echo "FAILED documentation: $module"
    sed "s|$PWD/||; s/^/       /" "$work/log" | head -n 40
    exit 1
  fi
  count=$((count + 1))
done
echo "OK documentation ($count modules)"
