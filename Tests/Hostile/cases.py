"""Reads the case files; the README tells their form."""
import pathlib
import re
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
SIMPLE = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "s": b" ", "\\": b"\\"}
PAUSE = object()
END = object()


@dataclass(frozen=True)
class Case:
    """One hostile message and what must come of it at the gateway."""

    group: str
    name: str
    expectation: str
    text: str

    def pieces(self, mark):
        """The bytes for this mark, with PAUSE and END between them."""
        return pieces(self.text.replace("{ID}", mark))

    def expected(self, mark):
        """The first word, the status (or nothing) and the body of the expectation."""
        word, _, rest = self.expectation.replace("{ID}", mark).partition(" ")
        status = ""
        if word in ("refuse", "first", "relay"):
            status, _, rest = rest.partition(" ")
        return word, status, joined(pieces(rest))

    def with_key(self):
        """The same request guarded by an idempotency key, or None where that makes no sense."""
        if not re.match(r"(POST|PATCH) ", self.text) or "dempotency" in self.text or "HTTP/1.1\\r\\n" not in self.text:
            return None
        text = self.text.replace("HTTP/1.1\\r\\n", 'HTTP/1.1\\r\\nIdempotency-Key: "key-{ID}"\\r\\n', 1)
        return Case(self.group, self.name + "+key", self.expectation, text)


def load(folder):
    """All cases of a folder, in the order of their files."""
    cases = []
    for path in sorted((HERE / folder).glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
            if line.startswith("= "):
                name, _, expectation = line[2:].partition(" | ")
                cases.append(Case(path.stem, name.strip(), expectation.strip(), ""))
            elif line.startswith("> "):
                last = cases.pop()
                cases.append(Case(last.group, last.name, last.expectation, last.text + line[2:]))
            elif line and not line.startswith("#"):
                raise ValueError(f"{path}:{number}: neither a case, nor bytes, nor a comment")
    return cases


def joined(parts):
    """The bytes without the marks between them."""
    return b"".join(part for part in parts if isinstance(part, bytes))


def pieces(text):
    """Turns a text with escapes into bytes, PAUSE and END."""
    result, rest = parse(text, 0, False)
    assert rest == len(text), text
    return result


def parse(text, at, nested):
    result = []
    run = bytearray()

    def add(mark):
        nonlocal run
        if run:
            result.append(bytes(run))
            run = bytearray()
        result.append(mark)

    while at < len(text):
        character = text[at]
        if nested and character == "}":
            break
        at += 1
        if character != "\\":
            run += character.encode("ascii")
            continue
        kind = text[at]
        at += 1
        if kind in SIMPLE:
            run += SIMPLE[kind]
        elif kind == "x":
            run.append(int(text[at:at + 2], 16))
            at += 2
        elif kind == "p":
            add(PAUSE)
        elif kind == "e":
            add(END)
        elif kind == "{":
            star = text.index("*", at)
            inner, end = parse(text, star + 1, True)
            run += joined(inner) * int(text[at:star])
            at = end + 1
        else:
            raise ValueError(f"no such escape: \\{kind}")
    if run:
        result.append(bytes(run))
    return result, at
