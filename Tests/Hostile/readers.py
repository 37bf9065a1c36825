"""The same bytes, read in the ways in which real parsers have read them. What only one way can be read is safe."""
import re
from dataclasses import dataclass, field

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@dataclass(frozen=True)
class Style:
    """How a reader treats what it should refuse."""

    name: str
    strict: bool = False
    bare_lf: bool = False
    bare_cr: bool = False
    underscores: bool = False
    trims_names: bool = False
    unfolds: bool = False
    length_wins: bool = False
    last_length: bool = False
    loose_coding: bool = False
    loose_numbers: bool = False


STYLES = [
    Style("strict", strict=True),
    Style("length first", length_wins=True, loose_numbers=True),
    Style("last length", last_length=True, loose_numbers=True, bare_lf=True, unfolds=True),
    Style("coding first", loose_coding=True, bare_lf=True, trims_names=True, loose_numbers=True),
    Style("gateway interface", underscores=True, bare_lf=True, loose_coding=True),
    Style("bare carriage returns", bare_cr=True, bare_lf=True, loose_coding=True, trims_names=True),
]


class Malformed(Exception):
    """The reader would refuse this."""


class Incomplete(Exception):
    """More bytes are needed."""


@dataclass
class Message:
    """A request or an answer as one reader saw it."""

    start: bytes
    fields: list = field(default_factory=list)
    body: bytes = b""
    at_end: bool = False

    def values(self, name):
        return [value for key, value in self.fields if key == name]

    @property
    def status(self):
        return int(self.start.split()[1])

    def essence(self):
        """What all readers must agree on."""
        return self.start, tuple(sorted(self.fields)), self.body


class Reader:
    """Reads messages off a byte string in one style."""

    def __init__(self, style, data, closed=True):
        self.style = style
        self.data = data
        self.closed = closed
        self.at = 0

    def line(self):
        style = self.style
        ends = [(self.data.find(b"\r\n", self.at), 2)]
        if style.bare_lf:
            ends.append((self.data.find(b"\n", self.at), 1))
        if style.bare_cr:
            ends.append((self.data.find(b"\r", self.at), 1))
        ends = [(at, -size) for at, size in ends if at >= 0]
        if not ends:
            raise Incomplete
        at, size = min(ends)
        line = self.data[self.at:at]
        self.at = at - size
        if style.strict and re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line):
            raise Malformed("control character")
        return line

    def take(self, count):
        if self.at + count > len(self.data):
            raise Incomplete
        self.at += count
        return self.data[self.at - count:self.at]

    def header(self):
        fields = []
        while line := self.line():
            if line[:1] in b" \t":
                if self.style.unfolds and fields:
                    name, value = fields[-1]
                    fields[-1] = name, value + b" " + line.strip()
                    continue
                if self.style.strict:
                    raise Malformed("folded line")
            name, colon, value = line.partition(b":")
            if self.style.trims_names:
                name = name.strip(b" \t\x0b\x0c\0")
            if self.style.strict and not (colon and TOKEN.fullmatch(name)):
                raise Malformed("field name")
            if self.style.underscores:
                name = name.replace(b"_", b"-")
            fields.append((name.lower(), value.strip(b" \t")))
        return fields

    def number(self, text):
        if re.fullmatch(rb"[0-9]+", text):
            return int(text)
        loose = re.match(rb"\s*\+?([0-9]+)", text)
        if self.style.loose_numbers and loose:
            return int(loose[1])
        raise Malformed("length")

    def is_chunked(self, codings):
        if not codings:
            return False
        if self.style.loose_coding:
            return any(b"chunked" in coding.lower() for coding in codings)
        if self.style.strict and codings != [codings[0]] or codings[-1].lower() != b"chunked":
            if self.style.strict:
                raise Malformed("transfer coding")
            return codings[-1].lower().endswith(b"chunked")
        return True

    def chunks(self):
        body = b""
        while True:
            text = self.line()
            size = re.match(rb"[0-9A-Fa-f]+" if self.style.strict else rb"\s*(?:0x)?([0-9A-Fa-f]+)", text)
            if not size:
                raise Malformed("chunk size")
            count = int(size[0].strip().removeprefix(b"0x"), 16)
            if count == 0:
                break
            body += self.take(count)
            if self.line() and self.style.strict:
                raise Malformed("chunk end")
        self.header()
        return body

    def message(self, bodiless=lambda message: False, until_close=False):
        """The next message; None at the end."""
        while self.data[self.at:self.at + 2] == b"\r\n":
            self.at += 2
        if self.at >= len(self.data):
            return None
        message = Message(self.line())
        message.fields = self.header()
        lengths = message.values(b"content-length")
        chunked = self.is_chunked(message.values(b"transfer-encoding"))
        if self.style.strict and (len(lengths) > 1 or chunked and lengths):
            raise Malformed("two framings")
        if bodiless(message):
            return message
        if chunked and not (lengths and self.style.length_wins):
            message.body = self.chunks()
        elif lengths:
            message.body = self.take(self.number(lengths[-1 if self.style.last_length else 0]))
        elif until_close:
            if not self.closed:
                raise Incomplete
            message.body = self.take(len(self.data) - self.at)
            message.at_end = True
        return message


def requests(style, data):
    """The requests in `data` and how it ended: "", "incomplete" or "malformed"."""
    reader = Reader(style, data)
    found = []
    try:
        while message := reader.message():
            found.append(message)
    except Incomplete:
        return found, "incomplete"
    except Malformed:
        return found, "malformed"
    return found, ""


def answers(style, data, method="GET", closed=True):
    """The final answers in `data` and how it ended."""
    def bodiless(message):
        parts = message.start.split(b" ", 2)
        if len(parts) < 2 or not parts[0].startswith(b"HTTP/1.") or not re.fullmatch(rb"[1-9][0-9]{2}", parts[1]):
            raise Malformed("status line")
        return method == "HEAD" or message.status < 200 or message.status in (204, 304)

    reader = Reader(style, data, closed)
    found = []
    try:
        while message := reader.message(bodiless, until_close=True):
            if message.status >= 200:
                found.append(message)
    except Incomplete:
        return found, "incomplete"
    except (Malformed, ValueError):
        return found, "malformed"
    return found, ""
