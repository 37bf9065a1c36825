"""Runs the checks that read text only, and prints one line for each: OK, or FAILED with the reason.

Usage: checks.py ROOT [CHECK...]
"""

import pathlib
import sys

import documents
import layers
import lengths
import words
from tree import Allowed, Tree

CHECKS = {
    "layers": layers.layers,
    "protocol-imports": layers.protocol_imports,
    "c-imports": layers.c_imports,
    "file-length": lengths.file_length,
    "function-length": lengths.function_length,
    "line-length": lengths.line_length,
    "unstructured-tasks": words.unstructured_tasks,
    "unchecked-sendable": words.unchecked_sendable,
    "exported-imports": words.exported_imports,
    "unfinished": words.unfinished,
    "vague-names": words.vague_names,
    "forced-try": words.forced_try,
    "wordless-traps": words.wordless_traps,
    "prints": words.prints,
    "workplace-paths": words.workplace_paths,
    "registry-hosts": words.registry_hosts,
    "links": documents.links,
    "commands": documents.commands,
}
NOTES = {"file-length": lengths.file_length_note}
# More findings of one check than this are counted, not shown.
SHOWN = 20


def main(root, wanted):
    tree = Tree(root)
    allowed = Allowed(tree.root / "scripts/soundness/allowed.txt")
    failed = False
    selected = {name: check for name, check in CHECKS.items() if not wanted or name in wanted}
    for name, check in selected.items():
        findings = [
            f"{path}:{line}: {reason}" if path else reason
            for path, line, piece, reason in check(tree)
            if not allowed.passes(name, path, piece)
        ]
        note = NOTES[name](tree) if name in NOTES else ""
        failed |= report(name, findings, note)
    if not wanted or "allow-list" in wanted:
        failed |= report("allow-list", allowed.broken + allowed.unused(selected), f"{len(allowed.entries)} entries")
    return 1 if failed else 0


def report(name, findings, note):
    if not findings:
        print(f"OK {name}" + (f" ({note})" if note else ""))
        return False
    print(f"FAILED {name}: {findings[0]}" + (f" and {len(findings) - 1} more" if len(findings) > 1 else ""))
    for finding in findings[1:SHOWN]:
        print(f"       {finding}")
    return True


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), set(sys.argv[2:])))
