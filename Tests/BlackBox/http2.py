#!/usr/bin/env python3
"""An HTTP/2 client that sends exactly the frames it is told to, rules or not (RFC 9113).

    http2.py PORT send NAME=VALUE... [-- DATA...]   one request; says how its stream ended
    http2.py PORT SCENARIO [ARGUMENT...]            one of the functions below that are marked so

What it says of a stream: `STATUS`, `STATUS reset CODE`, `reset CODE`, `goaway CODE`, `closed`, `silent`.
"""
import socket
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
CODES = ["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
         "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM"]
# What is always answered in time on any machine; a limit, not an expectation.
PATIENCE = 20
FRAME_SIZE = 16_384


def integer(value, bits):
    """An integer with a prefix of so many bits (RFC 7541 section 5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    out, value = bytearray([most]), value - most
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    return bytes(out + bytes([value]))


def block(fields):
    """A field section: literals without indexing and without Huffman coding."""
    out = b""
    for name, value in fields:
        name, value = (text.encode("utf-8", "surrogateescape") for text in (name, value))
        out += b"\0" + integer(len(name), 7) + name + integer(len(value), 7) + value
    return out


HUFFMAN_DIGITS = {"00000": "0", "00001": "1", "00010": "2", "011001": "3", "011010": "4", "011011": "5",
                  "011100": "6", "011101": "7", "011110": "8", "011111": "9"}


def status(section):
    """The status, which comes first: from the static table, or as a literal with the name from there."""
    indexed = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}
    if section[0] in indexed:
        return indexed[section[0]]
    length, text = section[1] & 127, ""
    if not section[1] & 128:
        return int(section[2:2 + length])
    bits, code = "".join(f"{byte:08b}" for byte in section[2:2 + length]), ""
    for bit in bits:
        code += bit
        if code in HUFFMAN_DIGITS:
            text, code = text + HUFFMAN_DIGITS[code], ""
    return int(text)


def request(path="/", method="GET", *more):
    return [(":method", method), (":scheme", "http"), (":authority", "test"), (":path", path), *more]


class Connection:
    def __init__(self, port, settings=(), preface=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.answers_pings = True
        if preface:
            self.raw(PREFACE)
            self.frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *setting) for setting in settings))

    def raw(self, data):
        """Sends; whether the other side still takes it."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    @staticmethod
    def bytes(kind, flags, stream, payload=b""):
        return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload

    def frame(self, kind, flags, stream, payload=b""):
        return self.raw(self.bytes(kind, flags, stream, payload))

    def headers(self, stream, fields, end=True):
        section, flags = block(fields), END_STREAM if end else 0
        if len(section) <= FRAME_SIZE:
            return self.frame(HEADERS, END_HEADERS | flags, stream, section)
        self.frame(HEADERS, flags, stream, section[:FRAME_SIZE])
        rest = [section[start:start + FRAME_SIZE] for start in range(FRAME_SIZE, len(section), FRAME_SIZE)]
        for number, piece in enumerate(rest, 1):
            self.frame(CONTINUATION, END_HEADERS if number == len(rest) else 0, stream, piece)

    def data(self, stream, data, end=False):
        return self.frame(DATA, END_STREAM if end else 0, stream, data)

    def window(self, stream, count):
        return self.frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", count))

    def read(self, patience=PATIENCE):
        """The next frame: kind, flags, stream, payload. `None` at the end, TimeoutError when none comes."""
        limit = time.monotonic() + patience
        while True:
            if len(self.buffer) >= 9:
                length = int.from_bytes(self.buffer[:3], "big")
                if len(self.buffer) >= 9 + length:
                    kind, flags = self.buffer[3], self.buffer[4]
                    stream = int.from_bytes(self.buffer[5:9], "big")
                    payload, self.buffer = self.buffer[9:9 + length], self.buffer[9 + length:]
                    if kind == SETTINGS and not flags & ACK:
                        self.frame(SETTINGS, ACK, 0)
                    if kind == PING and not flags & ACK and self.answers_pings:
                        self.frame(PING, ACK, 0, payload)
                    return kind, flags, stream, payload
            left = limit - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
            try:
                more = self.socket.recv(1 << 16)
            except (ConnectionError, BrokenPipeError):
                return None
            if not more:
                return None
            self.buffer += more

    def frames(self, patience=PATIENCE):
        while (frame := self.read(patience)) is not None:
            yield frame

    def outcome(self, stream, patience=PATIENCE, window=True):
        """How a stream ends, in words; its answer's body is in `self.body`, its interim answers in `self.interim`,
        the bytes of bodies on other streams in `self.elsewhere`."""
        seen, self.body, self.interim, self.elsewhere = [], b"", [], 0
        try:
            for kind, flags, number, payload in self.frames(patience):
                if kind == GOAWAY and payload[4:8] != bytes(4):
                    return " ".join(seen + ["goaway " + CODES[int.from_bytes(payload[4:8], "big")]])
                if number != stream:
                    self.elsewhere += len(payload) if kind == DATA else 0
                    continue
                if kind == HEADERS and not seen:
                    code = status(payload)
                    if code < 200:
                        self.interim.append(code)
                    else:
                        seen.append(str(code))
                if kind == DATA:
                    self.body += payload
                    if window and payload:
                        self.window(0, len(payload))
                        self.window(stream, len(payload))
                if kind == RST_STREAM:
                    return " ".join(seen + ["reset " + CODES[int.from_bytes(payload, "big")]])
                if kind in (HEADERS, DATA) and flags & END_STREAM:
                    return " ".join(seen)
        except TimeoutError:
            return " ".join(seen + ["silent"])
        return " ".join(seen + ["closed"])


def settled(port):
    """A connection on which the settings of both sides are agreed."""
    connection = Connection(port)
    for kind, flags, _, _ in connection.frames():
        if kind == SETTINGS and flags & ACK:
            return connection


def send(port, *words):
    """One request as told."""
    words = list(words)
    pieces = words[words.index("--") + 1:] if "--" in words else []
    fields = words[:words.index("--")] if "--" in words else words
    fields = [(word[:word.index("=", 1)], word[word.index("=", 1) + 1:]) for word in fields]
    connection = settled(port)
    connection.headers(1, fields, end=not pieces)
    for number, piece in enumerate(pieces, 1):
        connection.data(1, piece.encode("latin-1"), end=number == len(pieces))
    return connection.outcome(1)


def serves(port):
    """Whether a well-behaved client is served."""
    connection = Connection(port)
    connection.headers(1, request("/still-there"))
    return connection.outcome(1)


def flood(port, frames, setup=None, rounds=20_000):
    """Sends the frames that `frames(number)` gives again and again; says how the connection ended."""
    connection = Connection(port)
    if setup:
        setup(connection)
    batch = b""
    for number in range(rounds):
        batch += frames(number)
        if len(batch) > 16_000:
            if not connection.raw(batch):
                break
            batch = b""
    connection.raw(batch)
    return connection.outcome(-1)


# What follows are scenarios.


def rapid_reset(port, rounds="20000", method="GET"):
    """CVE-2023-44487: requests that are reset at once. Guarded ones lack their body, so nothing may be claimed."""
    def pair(number):
        stream = 2 * number + 1
        key = [("idempotency-key", f"reset-{number}")] if method == "POST" else []
        fields = block(request("/reset", method, *key))
        flags = END_HEADERS if method == "POST" else END_HEADERS | END_STREAM
        return (Connection.bytes(HEADERS, flags, stream, fields)
                + Connection.bytes(RST_STREAM, 0, stream, struct.pack(">I", 8)))
    return flood(port, pair, rounds=int(rounds))


def made_to_reset(port):
    """CVE-2025-8671: the client breaks a rule on each stream, so that the server resets them."""
    def pair(number):
        stream = 2 * number + 1
        return (Connection.bytes(HEADERS, END_HEADERS, stream, block(request("/reset", "POST")))
                + Connection.bytes(WINDOW_UPDATE, 0, stream, bytes(4)))
    return flood(port, pair)


def pings(port):
    return flood(port, lambda number: Connection.bytes(PING, 0, 0, struct.pack(">Q", number)))


def settings(port):
    return flood(port, lambda number: Connection.bytes(SETTINGS, 0, 0, struct.pack(">HI", 4, 65_535)))


def priorities(port):
    return flood(port, lambda number: Connection.bytes(PRIORITY, 0, 1, b"\0\0\0\0\x10"))


def empty_data(port):
    return flood(port, lambda number: Connection.bytes(DATA, 0, 1),
                 lambda connection: connection.headers(1, request("/empty", "POST"), end=False))


def continuations(port, size="0"):
    """CVE-2024-27316: a header that never ends."""
    piece = block([("x-filler", "a" * int(size))]) if int(size) else b""
    return flood(port, lambda number: Connection.bytes(CONTINUATION, 0, 1, piece),
                 lambda connection: connection.frame(HEADERS, 0, 1, block(request("/endless"))))


def header_bomb(port):
    """A long header put into the table once and named again and again: small on the wire, large when unpacked."""
    name, value = b"x-bomb", b"a" * 4000
    entry = b"\x40" + integer(len(name), 7) + name + integer(len(value), 7) + value
    connection = Connection(port)
    connection.frame(HEADERS, END_HEADERS | END_STREAM, 1, block(request("/bomb")) + entry + b"\xbe" * 8000)
    return connection.outcome(1)


def too_many_streams(port):
    """How a stream beyond the agreed number ends."""
    connection = Connection(port)
    for number in range(101):
        connection.headers(2 * number + 1, request("/many", "POST"), end=False)
    return connection.outcome(201)


def half_header(port):
    """A header that is not sent to its end."""
    connection = settled(port)
    connection.answers_pings = False
    connection.frame(HEADERS, 0, 1, block(request("/half")))
    return connection.outcome(1)


def half_body(port, key):
    """A body that is not sent to its end."""
    connection = Connection(port)
    connection.headers(1, request("/payments", "POST", ("idempotency-key", key)), end=False)
    connection.data(1, b"half")
    return connection.outcome(1)


def slow_body(port, key):
    """A body of which a byte comes now and then."""
    connection = Connection(port)
    connection.headers(1, request("/payments", "POST", ("idempotency-key", key)), end=False)
    limit = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < limit:
        connection.data(1, b"x")
        outcome = connection.outcome(1, patience=0.5)
        if outcome != "silent":
            return outcome
    return "never refused"


def reset_before_claim(port, key):
    """Resets a guarded request before its body is complete, and sends another one behind it."""
    connection = Connection(port)
    connection.headers(1, request("/payments", "POST", ("idempotency-key", key)), end=False)
    connection.data(1, b"half")
    connection.frame(RST_STREAM, 0, 1, struct.pack(">I", 8))
    connection.headers(3, request("/after"))
    return connection.outcome(3)


def reset_while_running(port, key, script, folder):
    """Resets a guarded request while the upstream works on it; the connection goes on."""
    connection = Connection(port)
    connection.headers(1, request("/payments", "POST", ("idempotency-key", key), ("x-script", script)), end=False)
    connection.data(1, b"whole", end=True)
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        try:
            with open(folder + "/effects", encoding="latin-1") as file:
                if any(line.split()[2] == key for line in file):
                    break
        except FileNotFoundError:
            pass
        time.sleep(0.02)
    connection.frame(RST_STREAM, 0, 1, struct.pack(">I", 8))
    connection.headers(3, request("/after"))
    return connection.outcome(3)


def no_preface(port):
    """Something else instead of the rest of the preface."""
    connection = Connection(port, preface=False)
    connection.raw(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")
    answer = connection.socket.recv(1 << 16)
    return answer.split(b"\r\n")[0].decode("latin-1") or "closed"


def slow_preface(port):
    """The preface a byte at a time, then a request."""
    connection = Connection(port, preface=False)
    for byte in PREFACE:
        connection.raw(bytes([byte]))
        time.sleep(0.01)
    connection.frame(SETTINGS, 0, 0)
    connection.headers(1, request("/slow"))
    return connection.outcome(1)


def expect_continue(port, key):
    """An interim answer comes before the body is sent."""
    connection = Connection(port)
    connection.headers(1, request("/payments", "POST", ("idempotency-key", key), ("expect", "100-continue")), False)
    for kind, _, stream, payload in connection.frames():
        if kind == HEADERS and stream == 1:
            interim = status(payload)
            break
    connection.data(1, b"body", end=True)
    return f"{interim} {connection.outcome(1)}"


def announced_end(port, path="/slow", script="after=1"):
    """A request during a drain: what the connection says while it is answered, frame by frame."""
    connection = Connection(port)
    connection.headers(1, request(path, "POST", ("idempotency-key", "drained"), ("x-script", script)), end=False)
    connection.data(1, b"x", end=True)
    print("sent", flush=True)
    said = []
    for kind, flags, stream, payload in connection.frames():
        if kind == GOAWAY:
            last = int.from_bytes(payload[:4], "big")
            said.append("goaway " + ("any" if last == 0x7FFFFFFF else str(last)))
        if kind == HEADERS and stream == 1:
            said.append(str(status(payload)))
    return ", ".join(said + ["closed"])


if __name__ == "__main__":
    print(globals()[sys.argv[2].replace("-", "_")](int(sys.argv[1]), *sys.argv[3:]))
