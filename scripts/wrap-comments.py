#!/usr/bin/env python3
"""Wraps the comment lines of Swift files that are longer than 120 characters, which `swift format` leaves alone.

The words that are too many move to the next line of the same paragraph, or to a new line.

Usage: wrap-comments.py FILE...
"""

import pathlib
import re
import sys

LIMIT = 120
COMMENT = re.compile(r"^(\s*)(///?)( +)(\S.*)$")
ITEM = re.compile(r"^(?:[-*+] |\d+\. |#|>|\||```)")


def wrapped(lines):
    """The lines with every comment that is too long broken at a space."""
    lines, out, fenced = list(lines), [], False
    while lines:
        line = lines.pop(0)
        comment = COMMENT.match(line)
        if comment and comment.group(4).startswith("```"):
            fenced = not fenced
        at = line.rfind(" ", 0, LIMIT + 1)
        if not comment or fenced or len(line) <= LIMIT or at <= comment.start(4) or comment.group(4)[0] in "|#":
            out.append(line)
            continue
        indent, slashes, space, text = comment.groups()
        item = re.match(r"[-*+] |\d+\. ", text)
        hanging = space + " " * (len(item.group()) if item else 0)
        rest = line[at + 1:].strip()
        following = COMMENT.match(lines[0]) if lines else None
        if following and following.group(1, 2) == (indent, slashes) and len(following.group(3)) == len(hanging) \
                and not ITEM.match(following.group(4)):
            lines[0] = f"{indent}{slashes}{hanging}{rest} {following.group(4)}"
        else:
            lines.insert(0, f"{indent}{slashes}{hanging}{rest}")
        out.append(line[:at].rstrip())
    return out


for name in sys.argv[1:]:
    path = pathlib.Path(name)
    before = path.read_text(encoding="utf-8")
    after = "\n".join(wrapped(before.split("\n")))
    if after != before:
        path.write_text(after, encoding="utf-8")
        print(f"wrapped comments in {name}")
