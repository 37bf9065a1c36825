"""Swift source as the checks see it: comments and the text of literals blanked, every line and column kept."""

import re

LITERAL_OPENING = re.compile(r'(#*)("""|")')
REGEX_LITERAL = re.compile(r'(#+)/|(?<=[(,=:\[{\s])/(?=[^\s/*])')


def code_only(text):
    """The text with comments and literals replaced by blanks. Code inside an interpolation stays."""
    return _blanked(text, literals=True)


def without_comments(text):
    """The text with comments replaced by blanks, literals kept."""
    return _blanked(text, literals=False)


def _blanked(text, literals):
    out = list(text)
    _code(text, 0, out, False, literals)
    return "".join(out)


def _blank(out, start, end):
    for index in range(start, min(end, len(out))):
        if out[index] != "\n":
            out[index] = " "


def _code(text, at, out, in_interpolation, literals):
    """Walks over code. Returns the index after the closing parenthesis when inside an interpolation."""
    depth = 0
    while at < len(text):
        two = text[at:at + 2]
        opening = LITERAL_OPENING.match(text, at) if text[at] in '#"' else None
        if two in ("//", "/*"):
            end = _block_comment_end(text, at) if two == "/*" else text.find("\n", at) % (len(text) + 1)
            _blank(out, at, end)
            at = end
        elif opening:
            at = _string(text, at, opening, out, literals)
        elif text[at] in "#/" and (end := _regex_end(text, at)):
            if literals:
                _blank(out, at, end)
            at = end
        else:
            if in_interpolation and text[at] in "()":
                depth += 1 if text[at] == "(" else -1
                if depth < 0:
                    return at + 1
            at += 1
    return at


def _block_comment_end(text, at):
    depth = 0
    for mark in re.finditer(r"/\*|\*/", text[at:]):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return at + mark.end()
    return len(text)


def _string(text, at, opening, out, literals):
    hashes, quotes = opening.groups()
    closing, escape = quotes + hashes, "\\" + hashes
    blank = _blank if literals else lambda *_: None
    start, at = at, opening.end()
    while at < len(text):
        if text.startswith(escape, at):
            at += len(escape)
            if text[at:at + 1] == "(":
                blank(out, start, at)
                start = at = _code(text, at + 1, out, True, literals)
            else:
                at += 1
        elif text.startswith(closing, at):
            at += len(closing)
            break
        elif text[at] == "\n" and quotes == '"':
            break
        else:
            at += 1
    blank(out, start, at)
    return at


def _regex_end(text, at):
    opening = REGEX_LITERAL.match(text, at)
    if not opening:
        return None
    if opening.group(1):
        end = text.find("/" + opening.group(1), opening.end())
        return end + 1 + len(opening.group(1)) if end >= 0 else None
    closing = re.compile(r"(?:\\.|[^/\\\n])+(?<! )/").match(text, opening.end())
    return closing.end() if closing else None
