"""How long files, functions and lines may be."""

import functions as scanner
import source

FILE_LIMIT, FILE_P90_LIMIT, FUNCTION_LIMIT, LINE_LIMIT = 500, 300, 70, 120
# Below this many files a percentile says nothing.
FEWEST_FOR_PERCENTILE = 10
CODE = ("Sources", "Tests", "Examples", "Benchmarks")


def file_length(tree):
    """No file is longer than 500 lines, and nine of ten are no longer than 300."""
    lengths = {path: tree.text(path).count("\n") for path in tree.swift(*CODE)}
    for path, length in lengths.items():
        if length > FILE_LIMIT:
            yield path, length, "", f"has {length} lines, the limit is {FILE_LIMIT}"
    p90 = percentile(lengths.values(), 90)
    if len(lengths) >= FEWEST_FOR_PERCENTILE and p90 > FILE_P90_LIMIT:
        yield "", 0, "", f"the 90th percentile of file lengths is {p90} lines, the limit is {FILE_P90_LIMIT}"


def file_length_note(tree):
    """What the check found, for people."""
    lengths = [tree.text(path).count("\n") for path in tree.swift(*CODE)]
    return f"{len(lengths)} files, median {percentile(lengths, 50)}, p90 {percentile(lengths, 90)} lines"


def function_length(tree):
    """No function body, with its signature, takes more than 70 lines."""
    for path in tree.swift(*CODE):
        for name, line, length in scanner.functions(source.code_only(tree.text(path))):
            if length > FUNCTION_LIMIT:
                yield path, line, name, f"{name} takes {length} lines, the limit is {FUNCTION_LIMIT}"


def line_length(tree):
    """No line of code or script is longer than 120 characters, comments and literals included."""
    endings = [".swift", ".sh", ".py", ".js", ".css", "Makefile", ".ci/run"]
    for path in tree.matching(ending=endings):
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            if len(line) > LINE_LIMIT:
                yield path, number, line, f"has {len(line)} characters, the limit is {LINE_LIMIT}"


def percentile(values, percent):
    """The smallest value that at least so many percent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        return 0
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
