"""What is not written in this repository. Each check says where it looks and why the word is banned."""

import re

import source

PATTERN_NAME = re.compile(r"(Utils?|Utilities|Helpers?|Managers?)(?=[A-Z+.\d]|$)")
TYPE = re.compile(r"\b(?:struct|class|enum|actor|protocol|typealias|macro)\s+(\w+)")


def _in_code(tree, pattern, folders, reason, skip=lambda path: False):
    """Looks at code without its comments and literals."""
    for path in tree.swift(*folders):
        if not skip(path):
            yield from _found(path, tree.text(path), source.code_only(tree.text(path)), pattern, reason)


def _found(path, text, searched, pattern, reason):
    lines = text.splitlines()
    for found in re.finditer(pattern, searched):
        number = searched.count("\n", 0, found.start()) + 1
        yield path, number, lines[number - 1], f"{found.group().strip()!r}: {reason}"


def unstructured_tasks(tree):
    """Concurrency is structured: a task that nobody awaits is bounded and drained by nobody."""
    bare = (r"\bTask\s*\.\s*(?:detached|immediate)\b|"
            r"(?<!-> )(?<!: )\bTask\s*(?:<[^>{}]*>)?\s*(?:\.init\s*)?(?:\([^(){}]*\)\s*)?\{")
    yield from _in_code(tree, bare, ["Sources", "Examples"], "use a task group, async let or a Service")


def unchecked_sendable(tree):
    """Only a driver, which wraps C handles, may vouch for what the compiler cannot see."""
    yield from _in_code(tree, r"@unchecked\s+Sendable|nonisolated\(unsafe\)", ["Sources", "Examples"],
                        "only in a Driver/ folder", skip=lambda path: "/Driver/" in path)


def exported_imports(tree):
    """A reader must see where a name comes from."""
    yield from _in_code(tree, r"@_exported\b", ["Sources", "Tests", "Examples"], "import what you use")


def unfinished(tree):
    """What is merged is finished; what is left to do belongs in an issue."""
    pattern = r"(?i:\b(?:TO" r"DO|FIX" r"ME|for no" r"w|stub(?:s|bed)?)\b)|\bXX" r"X\b|\bHA" r"CK\b"
    for path in tree.matching(under=["Sources", "Examples"], ending=[".swift", ".js", ".html", ".css", ".md"]):
        text = tree.text(path)
        yield from _found(path, text, text, pattern, "finish it, or open an issue")


def vague_names(tree):
    """A name says what a thing is."""
    for path in tree.swift("Sources", "Tests", "Examples", "Benchmarks"):
        file = path.rsplit("/", 1)[1]
        if PATTERN_NAME.search(file.removesuffix(".swift")):
            yield path, 1, file, "a file's name says what is in it"
        code = source.code_only(tree.text(path))
        for found in TYPE.finditer(code):
            if PATTERN_NAME.search(found.group(1)):
                line = code.count("\n", 0, found.start()) + 1
                yield path, line, found.group(1), f"{found.group(1)}: a type's name says what it is"


def forced_try(tree):
    """An error is handled or thrown on."""
    yield from _in_code(tree, r"\btry!", ["Sources", "Examples"], "throw, or handle the error")


def wordless_traps(tree):
    """Who reads a crash log must learn why the branch was thought impossible."""
    pattern = re.compile(r"\b(?:fatalError|preconditionFailure|assertionFailure)\(\s*\)")
    for path in tree.swift("Sources", "Examples"):
        code, written = source.code_only(tree.text(path)), source.without_comments(tree.text(path))
        for found in pattern.finditer(code):
            if pattern.match(written, found.start()):
                line = code.count("\n", 0, found.start()) + 1
                yield path, line, found.group(), f"{found.group()}: say why this cannot happen"


def prints(tree):
    """Libraries log through swift-log; only the tools write to standard output."""
    yield from _in_code(tree, r"(?<![.\w])(?<!func )(?:print|debugPrint|dump|NSLog)\(", ["Sources"],
                        "libraries do not write to standard output",
                        skip=lambda path: path.startswith("Sources/Tools/"))


def workplace_paths(tree):
    """Nothing depends on one person's machine."""
    pattern = r"(?<![\w.~$}/-])/(?:wor[k]|roo[t]|hom[e]|User[s]|op[t])/[\w.-]+"
    for path in tree.files:
        text = tree.text(path)
        yield from _found(path, text, text, pattern, "a path of one machine")


def registry_hosts(tree):
    """Packages come from where the package manager's own settings say."""
    pattern = (r"(?i)\b(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs|yarnpkg|rubygems|artifactory|nexus|registry|mirrors?|"
               r"snapshot|proxy)\.(?:[\w-]+\.)*(?:org|com|net|io|dev|internal|local)\b|--index-ur[l]\b")
    for path in tree.files:
        text = tree.text(path)
        yield from _found(path, text, text, pattern, "a registry's host")
