"""Who may import whom. The table is here and nowhere else."""

import re

import source

# Every group of Sources/, and the groups whose modules it may import. Arrows point one way (docs/ARCHITECTURE.md).
MAY_IMPORT = {
    "Core": {"Core"},
    "Support": {"Core", "Support"},
    "Stores": {"Core", "Support"},
    "HTTP": {"Core", "Support", "HTTP"},
    "Messaging": {"Core", "Support", "Messaging"},
    "Tools": {"Core", "Support", "Stores", "HTTP", "Messaging", "Tools"},
}
# The folder of the protocol: pure functions over values. It imports nothing at all.
PROTOCOL = "Sources/Core/Idempotency/Record/"
# Modules whose functions are C: the system's own, and those named C and a capital (CSQLite, CNIO...).
C_MODULE = re.compile(r"^(C[A-Z]\w*|SQLite3|GRDBSQLite|Glibc|Musl|Darwin|Bionic|ucrt)$")

IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?([\w]+)", re.MULTILINE)
# `module("Name", at: "Group/Folder"` and its siblings, and targets written out in full.
SHORT_TARGET = re.compile(r"\b\w+\(\s*(?:name:\s*)?\"([\w-]+)\",\s*at:\s*\"([^\"]+)\"")
LONG_TARGET = re.compile(
    r"\.(?:\w*[tT]arget|systemLibrary)\(\s*name:\s*\"([\w-]+)\"(?:(?!\.(?:\w*[tT]arget|systemLibrary)\().)*?"
    r"path:\s*\"Sources/([^\"]+)\"", re.DOTALL)


def imports(tree, path):
    """(line number, module) for every import of a file."""
    code = source.code_only(tree.text(path))
    return [(code.count("\n", 0, found.start(1)) + 1, found.group(1)) for found in IMPORT.finditer(code)]


def modules(tree):
    """The folder below Sources/ of every module that Package.swift declares."""
    manifest = tree.text("Package.swift")
    # Programs name their folder from the root, since some lie below Tests/.
    found = {name: folder.removeprefix("Sources/") for name, folder in SHORT_TARGET.findall(manifest)}
    found.update(LONG_TARGET.findall(manifest))
    return found


def layers(tree):
    """Modules import along the arrows only, and every source file belongs to a module of a known group."""
    folders = modules(tree)
    group_of = {name: folder.split("/")[0] for name, folder in folders.items()}
    for path in tree.swift("Sources"):
        owner = next((name for name, folder in folders.items() if path.startswith(f"Sources/{folder}/")), None)
        group = path.split("/")[1]
        if owner is None or group not in MAY_IMPORT:
            yield path, 1, "", "belongs to no module of Package.swift in a known group"
            continue
        for line, module in imports(tree, path):
            target = group_of.get(module)
            if target is not None and module != owner and target not in MAY_IMPORT[group]:
                yield path, line, module, f"{group} may not import {module}, which is in {target}"


def protocol_imports(tree):
    """The protocol's folder imports nothing."""
    for path in tree.swift("Sources"):
        if path.startswith(PROTOCOL):
            for line, module in imports(tree, path):
                yield path, line, module, f"the protocol imports nothing, not even {module}"


def c_imports(tree):
    """C is called from folders named Driver only."""
    for path in tree.swift("Sources"):
        if "/Driver/" not in path:
            for line, module in imports(tree, path):
                if C_MODULE.match(module):
                    yield path, line, module, f"{module} may be imported in a Driver/ folder only"
