#!/usr/bin/env bash
# Proves that every soundness check can fail: makes a tiny tree in which all checks pass, plants one violation at a
# time in a copy of it, and asserts that exactly the check that guards against it reports FAILED.
#
# Usage: scripts/soundness-selftest.sh
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clean=$work/clean
passed=0
failed=0
# The checks that no plant has made fail yet.
unproved=$(python3 - "$here/soundness" <<'PY'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import checks
print("format", *checks.CHECKS, "allow-list", "documentation")
PY
)

put() { mkdir -p "$(dirname "$1")"; cat >"$1"; }

make_clean_tree() {
  mkdir -p "$clean/scripts/soundness"
  cp "$here/../.swift-format" "$clean/"
  put "$clean/Package.swift" <<'SWIFT'
let targets = [
    module("Idempotency", at: "Core/Idempotency"),
    module("Lanes", at: "Support/Lanes"),
    module("IdempotencySQLite", at: "Stores/SQLite", ["Idempotency", "Lanes"]),
    module("IdempotencyHTTP", at: "HTTP/IdempotencyHTTP", ["Idempotency"]),
    .executableTarget(name: "once", path: "Sources/Tools/once"),
    .library(name: "Idempotency", targets: ["Idempotency"]),
]
SWIFT
  put "$clean/Sources/Core/Idempotency/Record/Key.swift" <<'SWIFT'
/// A key.
public struct Key {
    /// Its text. See ``Key/init(text:)``.
    public let text: String

    /// Makes a key.
    ///
    /// - Parameter text: Its text.
    public init(text: String) {
        self.text = text
    }
}
SWIFT
  put "$clean/Sources/Support/Lanes/Lane.swift" <<<"import Idempotency"
  put "$clean/Sources/Stores/SQLite/SQLiteStore.swift" <<'SWIFT'
import Idempotency
import Lanes

// The words in this comment and this text are no code: try! print( fatalError() Task { @_exported
let text = "try! print( fatalError() Task { @_exported \(3) @unchecked Sendable"
SWIFT
  put "$clean/Sources/Stores/SQLite/Driver/Connection.swift" <<'SWIFT'
import Idempotency
import SQLite3

struct Connection: @unchecked Sendable {}
SWIFT
  put "$clean/Sources/HTTP/IdempotencyHTTP/Header.swift" <<<"import Idempotency"
  put "$clean/Sources/Tools/once/Demo.swift" <<'SWIFT'
import IdempotencyHTTP
import IdempotencySQLite

struct Demo: AsyncParsableCommand {}

func greet() {
    print("tools may print")
}
SWIFT
  for number in 1 2 3 4; do
    put "$clean/Tests/Core/Idempotency/Key${number}Tests.swift" <<<"import Idempotency"
  done
  put "$clean/Makefile" <<<"demo:"
  put "$clean/docs/GUIDE.md" <<<"# The guide"
  put "$clean/README.md" <<'MARKDOWN'
# A tree

Run `make demo` or `once demo`; see [the guide](docs/GUIDE.md#the-guide) and [below](#a-tree).
MARKDOWN
  put "$clean/scripts/soundness/allowed.txt" <<<"# nothing is allowed"
  build_documentation "$clean"
}

# Compiles the tree's public module to where the documentation check looks for it.
build_documentation() {
  mkdir -p "$1/.build/debug/Modules"
  swiftc -emit-module -module-name Idempotency -o "$1/.build/debug/Modules/Idempotency.swiftmodule" \
    "$1"/Sources/Core/Idempotency/Record/*.swift
}

lines() { seq -f "$1" 1 "$2"; }

# expect NAME CHECK: the tree $tree fails in exactly CHECK. Documentation is looked at only where it is the point:
# it is by far the slowest check.
expect() {
  local plant=$1 check=$2 report failures checks=""
  if [ "$check" != documentation ] && [ "$check" != nothing ]; then checks=$static; fi
  report=$("$here/soundness.sh" --root "$tree" $checks 2>&1) || true
  failures=$(sed -n 's/^FAILED \([a-z-]*\):.*/\1/p' <<<"$report" | xargs)
  if [ "${failures:-nothing}" = "$check" ]; then
    passed=$((passed + 1))
    unproved=" $unproved "; unproved=${unproved// $check / }
  else
    failed=$((failed + 1))
    echo "FAILED soundness-selftest: '$plant' should have failed $check, it failed: ${failures:-nothing}"
  fi
  rm -rf "$tree"
}

# plant NAME CHECK FILE: appends standard input to FILE in a copy of the clean tree.
plant() {
  tree=$work/tree
  cp -R "$clean" "$tree"
  mkdir -p "$(dirname "$tree/$3")"
  cat >>"$tree/$3"
  if [ "$2" = documentation ]; then build_documentation "$tree"; fi
  expect "$1" "$2"
}

static=${unproved% documentation}
make_clean_tree
plant "nothing" nothing README.md </dev/null

core=Sources/Core/Idempotency
store=Sources/Stores/SQLite/SQLiteStore.swift
header=Sources/HTTP/IdempotencyHTTP/Header.swift

plant "wrong indentation" format $store <<<$'func a() {\n  let b = 1\n}'
plant "an undocumented public declaration" format $header <<<"public struct Bare {}"
plant "a store imports HTTP" layers Sources/Stores/SQLite/Extra.swift <<<"import IdempotencyHTTP"
plant "HTTP imports a store" layers $header <<<"private import IdempotencySQLite"
plant "the core imports a lane" layers $core/Core.swift <<<"@testable import Lanes"
plant "support imports a store" layers Sources/Support/Lanes/Lane.swift <<<"import IdempotencySQLite"
plant "a folder that no module owns" layers Sources/Stores/Stray/Stray.swift <<<"let stray = 1"
plant "the protocol imports" protocol-imports $core/Record/Import.swift <<<"import Foundation"
plant "C outside a driver" c-imports Sources/Stores/SQLite/Extra.swift <<<"import SQLite3"
plant "the system's C outside a driver" c-imports Sources/HTTP/IdempotencyHTTP/Extra.swift <<<"import Glibc"
plant "a long file" file-length $core/Long.swift < <(lines "// line %g" 501)
for number in 1 2; do lines "// line %g" 301 >"$clean/Tests/Core/Idempotency/Long${number}Tests.swift"; done
plant "many long files" file-length $core/Long.swift < <(lines "// line %g" 301)
rm "$clean"/Tests/Core/Idempotency/Long?Tests.swift
plant "a long function" function-length $header < <(echo "func long() {"; lines "    work(%g)" 69; echo "}")
plant "a long initializer" function-length $header < <(
  echo "struct Long {"; echo "    init?("; echo "        text: String"; echo "    ) {"
  lines "        work(%g, \"}\")" 67; echo "    }"; echo "}")
plant "a long computed property" function-length $header < <(
  echo "var long: [Int] {"; lines "    work(%g)" 69; echo "}")
plant "a long comment line" line-length $header < <(echo "// $(lines x%g 60 | xargs)")
plant "a bare task" unstructured-tasks $store <<<$'func a() {\n    Task { await b() }\n}'
plant "a task with a priority" unstructured-tasks $store <<<$'let a = Task<Int, Never>(priority: .high) {\n    1\n}'
plant "a function that returns a task" nothing $store <<<$'func a() -> Task<Int, Never> {\n    b\n}'
plant "a detached task" unstructured-tasks $store <<<$'let a = Task.detached {\n    1\n}'
plant "unchecked outside a driver" unchecked-sendable $store <<<"struct Open: @unchecked Sendable {}"
plant "an exported import" exported-imports $header <<<"@_exported import Idempotency"
plant "a mark for later" unfinished $header <<<"// TO""DO: later"
plant "a makeshift" unfinished $header <<<"// Good enough for"" now."
plant "a vague file name" vague-names Sources/Stores/SQLite/StringUtils.swift <<<"let a = 1"
plant "a vague type name" vague-names $store <<<"struct ConnectionManager {}"
plant "a forced try" forced-try $store <<<"let a = try! b()"
plant "a forced try in an interpolation" forced-try $store <<<'let a = "\(try! b())"'
plant "a trap without a word" wordless-traps $store <<<"func a() { fatalError() }"
plant "a library that prints" prints $store <<<'func a() { print("a") }'
plant "a path of one machine" workplace-paths docs/GUIDE.md <<<"See /ho""me/someone/tree."
plant "a registry's host" registry-hosts scripts/install.sh <<<"curl https://npm""js.org/a"
plant "a link to no file" links README.md <<<"[gone](docs/GONE.md)"
plant "a link to no heading" links README.md <<<"[gone](docs/GUIDE.md#gone)"
plant "no such make target" commands README.md <<<$'```sh\nmake tea\n```'
plant "no such subcommand" commands README.md <<<'Try `once upon`.'
plant "an allowance without a reason" allow-list scripts/soundness/allowed.txt <<<"prints $store print"
plant "an allowance that nothing needs" allow-list scripts/soundness/allowed.txt <<<"prints $store print # loud"
echo "prints $store print(\"a\") # a test of the allow-list" >"$clean/scripts/soundness/allowed.txt"
plant "an allowance that works" nothing $store <<<'func a() { print("a") }'
echo >"$clean/scripts/soundness/allowed.txt"
plant "a link to no symbol" documentation $core/Record/Broken.swift <<<$'/// See ``Gone``.\npublic struct Broken {}'

for check in $unproved; do
  failed=$((failed + 1))
  echo "FAILED soundness-selftest: nothing proves that $check can fail"
done
[ "$failed" -eq 0 ] && echo "OK soundness-selftest ($passed plants)"
[ "$failed" -eq 0 ]
