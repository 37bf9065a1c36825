#!/usr/bin/env python3
"""A client and an upstream in one hand: what goes through a gateway between them, piece by piece.

    http2_streams.py GATEWAY-PORT UPSTREAM-PORT SCENARIO
"""
import socket
import struct
import sys
import time

from http2 import DATA, HEADERS, PATIENCE, RST_STREAM, WINDOW_UPDATE, Connection, END_STREAM, request, status


class Upstream:
    """The next connection that the gateway makes, byte by byte."""

    def __init__(self, port):
        self.server = socket.create_server(("127.0.0.1", port))
        self.server.settimeout(PATIENCE)
        self.seen = b""

    def accept(self):
        self.socket, _ = self.server.accept()
        self.socket.settimeout(PATIENCE)

    def until(self, text):
        """Reads until this was read, and forgets all before it."""
        while text not in self.seen:
            more = self.socket.recv(1 << 16)
            if not more:
                raise EOFError(self.seen[-100:])
            self.seen += more
        self.seen = self.seen[self.seen.index(text) + len(text):]

    def send(self, text):
        self.socket.sendall(text)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def upload(port, upstream):
    client, seen = Connection(port), []
    client.headers(1, request("/upload", "PUT"), end=False)
    upstream.accept()
    upstream.until(b"\r\n\r\n")
    for word in ["one", "two", "three"]:
        client.data(1, word.encode())
        upstream.until(word.encode())
        seen.append(word)
    client.data(1, b"", end=True)
    upstream.until(b"0\r\n\r\n")
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert client.outcome(1) == "200"
    return " ".join(seen)


def download(port, upstream):
    client, seen = Connection(port), []
    client.headers(1, request("/events"))
    upstream.accept()
    upstream.until(b"\r\n\r\n")
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for word in ["one", "two", "three"]:
        upstream.send(chunk(word.encode()))
        for kind, _, stream, payload in client.frames():
            if kind == DATA and stream == 1:
                seen.append(payload.decode())
                break
    upstream.send(b"0\r\n\r\n")
    assert client.outcome(1) == ""
    return " ".join(seen)


def trailers(port, upstream):
    client = Connection(port)
    client.headers(1, request("/trailers", "PUT"), end=False)
    upstream.accept()
    upstream.until(b"\r\n\r\n")
    client.data(1, b"body")
    client.headers(1, [("x-sum", "9")])
    upstream.until(b"body")
    upstream.until(b"x-sum: 9\r\n\r\n")
    upstream.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    upstream.send(chunk(b"body") + b"0\r\nX-Check: 7\r\n\r\n")
    statuses, has_trailers = [], False
    for kind, flags, stream, payload in client.frames():
        if kind == HEADERS and stream == 1:
            if flags & END_STREAM:
                has_trailers = True
                break
            statuses.append(str(status(payload)))
    return f"{' '.join(statuses)}; x-sum at the upstream, {'trailers' if has_trailers else 'nothing'} at the client"


def send_within_windows(client, stream, size, read):
    """Sends a body as the windows allow. `read` is asked for a frame when nothing more may be sent; `None` ends it."""
    windows, sent = {0: 65_535, stream: 65_535}, 0
    while sent < size:
        count = min(windows.values(), default=0)
        count = min(count, 16_000, size - sent)
        if count > 0:
            client.data(stream, b"x" * count, end=sent + count == size)
            sent += count
            for number in windows:
                windows[number] -= count
            continue
        frame = read()
        if frame is None:
            return sent, windows
        kind, _, number, payload = frame
        assert kind != RST_STREAM or number != stream, payload
        if kind == WINDOW_UPDATE and number in windows:
            windows[number] += struct.unpack(">I", payload)[0]
    return sent, windows


def blocked_upload(port, upstream):
    size = 32 << 20
    upstream.server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    client = Connection(port)
    client.headers(1, request("/upload", "PUT", ("content-length", str(size))), end=False)
    upstream.accept()

    def quiet():
        try:
            return client.read(1)
        except TimeoutError:
            return None
    sent, windows = send_within_windows(client, 1, size, quiet)
    if sent == size:
        return "never stopped"
    received = 0
    client.socket.settimeout(PATIENCE)
    while sent < size or received < size:
        received += len(upstream.socket.recv(1 << 20))
        upstream.socket.settimeout(0.05 if sent < size else PATIENCE)
        try:
            while sent < size and (frame := client.read(0.01)) is not None:
                kind, _, number, payload = frame
                if kind == WINDOW_UPDATE and number in windows:
                    windows[number] += struct.unpack(">I", payload)[0]
        except TimeoutError:
            pass
        while sent < size and (count := min(min(windows.values()), 16_000, size - sent)) > 0:
            client.data(1, b"x" * count, end=sent + count == size)
            sent += count
            for number in windows:
                windows[number] -= count
        if received > size:
            break
    return "stopped, then complete"


def fill(connection, size):
    """Sends so much as is taken; whether all was."""
    sent, idle = 0, 0
    connection.setblocking(False)
    while sent < size and idle < 20:
        try:
            sent += connection.send(b"x" * min(1 << 16, size - sent))
            idle = 0
        except BlockingIOError:
            idle += 1
            time.sleep(0.05)
    connection.settimeout(PATIENCE)
    return sent


def stopped_download(port, upstream, size):
    client = Connection(port)
    client.headers(1, request("/large"))
    upstream.accept()
    upstream.until(b"\r\n\r\n")
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    return client, fill(upstream.socket, size)


def finish_download(client, upstream, size, sent, received=0):
    client.window(0, size)
    client.window(1, size)
    upstream.socket.setblocking(False)
    for kind, flags, stream, payload in client.frames():
        while sent < size:
            try:
                sent += upstream.socket.send(b"x" * min(1 << 16, size - sent))
            except BlockingIOError:
                break
        if kind == DATA and stream == 1:
            received += len(payload)
            if flags & END_STREAM:
                break
        if received > size - (1 << 16):
            upstream.socket.settimeout(PATIENCE)
    return "complete" if received == size else f"{received} of {size}"


def blocked_download(port, upstream):
    size = 32 << 20
    client, sent = stopped_download(port, upstream, size)
    if sent == size:
        return "never stopped"
    return "stopped, then " + finish_download(client, upstream, size, sent)


def side_by_side(port, upstream):
    size = 32 << 20
    client, sent = stopped_download(port, upstream, size)
    waiting = upstream.socket
    client.window(0, 1 << 20)
    client.headers(3, request("/small"))
    upstream.accept()
    upstream.until(b"\r\n\r\n")
    upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    outcome = client.outcome(3)
    upstream.socket = waiting
    return f"{outcome}, then {finish_download(client, upstream, size, sent, client.elsewhere)}"


if __name__ == "__main__":
    print(globals()[sys.argv[3].replace("-", "_")](int(sys.argv[1]), Upstream(int(sys.argv[2]))))
