"""Finds the bodies of functions in blanked Swift source and tells how many lines each takes."""

import re

DECLARATION = re.compile(
    r"(?<![\w.`])(?:func\s+(?P<func>`[^`]+`|\w+|[-+*/=<>!&|^~%?.]+)"
    r"|(?P<init>init)\s*[?!]?\s*(?=[<(])"
    r"|(?P<deinit>deinit)\s*(?=\{)"
    r"|(?P<subscript>subscript)\s*(?=[<(])"
    r"|var\s+(?P<var>\w+)\s*:[^={}\n]*(?=\{))")
CONTINUES = re.compile(r"->|where\b|throws\b|async\b|rethrows\b|[{,&:]")


def functions(code):
    """Yields (name, first line, number of lines) of every function, initializer, subscript and computed property."""
    for declaration in DECLARATION.finditer(code):
        name = next(name for name in declaration.groups() if name)
        opening = _body(code, declaration.end(), declaration.group("func") or declaration.group("init")
                        or declaration.group("subscript"))
        if opening is None:
            continue
        closing = matching(code, opening)
        first = code.count("\n", 0, declaration.start()) + 1
        last = code.count("\n", 0, closing) + 1
        yield name, first, last - first + 1


def matching(code, opening):
    """The index of the bracket that closes the one at `opening`, or the end of the text."""
    depth = 0
    for bracket in re.finditer(r"[(\[{)\]}]", code[opening:]):
        depth += 1 if bracket.group() in "([{" else -1
        if depth == 0:
            return opening + bracket.start()
    return len(code) - 1


def _body(code, at, has_parameters):
    """The index of the brace that opens the body, or None where there is no body (a protocol's requirement)."""
    if has_parameters:
        at = code.find("(", at)
        if at < 0:
            return None
        at = matching(code, at) + 1
    while at < len(code):
        character = code[at]
        if character == "{":
            return at
        if character in "};":
            return None
        if character in "([":
            at = matching(code, at)
        elif character == "\n":
            before, after = code[:at].rstrip(), code[at:].lstrip()
            if not (before.endswith((",", "&", ":", "->", "==")) or before.endswith(" where")
                    or CONTINUES.match(after)):
                return None
        at += 1
    return None
