"""A WebSocket server and client (RFC 6455), with nothing but the standard library.

  websocket.py serve PORT          /echo answers every message with itself; /first speaks right behind its 101; /sum
                                   tells how many bytes a message had, and their hash; /push/N sends N bytes; /refuse
                                   says 403; /rude answers 101 whatever was asked; anything else tells in its body
                                   what the request asked to be upgraded to
  websocket.py talk PORT WHAT      opens a connection through the gateway at PORT, and tells what came of it
"""

import base64
import hashlib
import os
import socket
import struct
import sys
import threading
import time

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def accept(key):
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def frame(kind, payload, mask=None):
    length = len(payload)
    head = bytes([0x80 | kind])
    masked = 0x80 if mask else 0
    if length < 126:
        head += bytes([masked | length])
    elif length < 1 << 16:
        head += bytes([masked | 126]) + struct.pack(">H", length)
    else:
        head += bytes([masked | 127]) + struct.pack(">Q", length)
    return head + (mask + apply(mask, payload) if mask else payload)


def apply(mask, payload):
    size = len(payload)
    pad = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big") if size else b""


class Peer:
    """One end of a connection."""

    def __init__(self, connection, masks):
        self.connection = connection
        self.masks = masks
        self.rest = b""

    def exactly(self, count):
        parts, have = [self.rest], len(self.rest)
        while have < count:
            part = self.connection.recv(1 << 18)
            if not part:
                raise EOFError
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.rest = whole[count:]
        return whole[:count]

    def head(self):
        while b"\r\n\r\n" not in self.rest:
            part = self.connection.recv(1 << 16)
            if not part:
                raise EOFError
            self.rest += part
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = [line.split(":", 1) for line in lines[1:]]
        return lines[0], {name.strip().lower(): value.strip() for name, value in fields}

    def send(self, kind, payload):
        self.connection.sendall(frame(kind, payload, os.urandom(4) if self.masks else None))

    def receive(self):
        first, second = self.exactly(2)
        length = second & 127
        if length == 126:
            length = struct.unpack(">H", self.exactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.exactly(8))[0]
        if bool(second & 128) == self.masks:
            raise ValueError("only clients mask")
        mask = self.exactly(4) if second & 128 else None
        payload = self.exactly(length)
        return first & 15, apply(mask, payload) if mask else payload

    def ended(self):
        """Whether the other side ends the connection in time, and says nothing more."""
        try:
            return not self.rest and self.connection.recv(1) == b""
        except ConnectionResetError:
            return True


# ---- The server ----------------------------------------------------------------------------------------------------


def answer(peer, status, body):
    peer.connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


def exchange(peer):
    line, fields = peer.head()
    method, path, _ = line.split(" ")
    peer.exactly(int(fields.get("content-length", 0)))
    wish = fields.get("upgrade", "nothing")
    if path == "/refuse":
        return answer(peer, "403 Forbidden", "no")
    if path != "/rude" and (method != "GET" or wish.lower() != "websocket"):
        return answer(peer, "200 OK", f"{method} {wish} {fields.get('http2-settings', 'nothing')}")
    granted = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept(fields.get('sec-websocket-key', ''))}\r\n\r\n"
    ).encode()
    if path == "/first":
        granted += frame(TEXT, b"first")
    peer.connection.sendall(granted)
    if path.startswith("/push/"):
        left = int(path[6:])
        while left > 0:
            peer.send(BINARY, bytes(min(left, 1 << 16)))
            left -= 1 << 16
    while True:
        kind, payload = peer.receive()
        if kind == PING:
            peer.send(PONG, payload)
        elif kind == CLOSE:
            peer.send(CLOSE, payload)
            raise EOFError
        elif path == "/sum":
            peer.send(TEXT, f"{len(payload)} {hashlib.sha256(payload).hexdigest()}".encode())
        else:
            peer.send(kind, payload)


def serve(port):
    def attend(connection):
        with connection:
            try:
                peer = Peer(connection, masks=False)
                while True:
                    exchange(peer)
            except (EOFError, OSError, ValueError):
                return

    server = socket.create_server(("127.0.0.1", port), backlog=64)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=attend, args=[connection], daemon=True).start()


# ---- The client ----------------------------------------------------------------------------------------------------


def request(path, behind=b""):
    key = base64.b64encode(os.urandom(16)).decode()
    text = (
        f"GET {path} HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return key, text.encode() + behind


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    return Peer(connection, masks=True)


def open_socket(port, path, behind=b""):
    peer = connect(port)
    key, text = request(path, behind)
    peer.connection.sendall(text)
    line, fields = peer.head()
    if line.split(" ")[1] != "101":
        return peer, line.split(" ")[1]
    return peer, "open" if fields.get("sec-websocket-accept") == accept(key) else "not accepted"


def closing(peer):
    peer.send(CLOSE, struct.pack(">H", 1000))
    kind, payload = peer.receive()
    code = struct.unpack(">H", payload)[0] if kind == CLOSE else None
    return f"closed {code}, {'ended' if peer.ended() else 'not ended'}"


def talk(port, what):
    if what == "echo":
        peer, state = open_socket(port, "/echo")
        got = []
        for word in ["one", "two", "three"]:
            peer.send(TEXT, word.encode())
            got.append(peer.receive()[1].decode())
        peer.send(PING, b"x")
        got.append("pong" if peer.receive() == (PONG, b"x") else "no pong")
        return f"{state}: {' '.join(got)}, {closing(peer)}"
    if what == "behind":
        peer, state = open_socket(port, "/first", frame(TEXT, b"mine", os.urandom(4)))
        return f"{state}: {peer.receive()[1].decode()} {peer.receive()[1].decode()}"
    if what.startswith("upload "):
        size = int(what[7:])
        peer, state = open_socket(port, "/sum")
        payload = os.urandom(1 << 20) * (size >> 20)
        peer.send(BINARY, payload)
        right = f"{size} {hashlib.sha256(payload).hexdigest()}"
        return f"{state}: {'the same' if peer.receive()[1].decode() == right else 'something else'}"
    if what.startswith("download "):
        size = int(what[9:])
        peer, state = open_socket(port, f"/push/{size}")
        time.sleep(1)
        got = 0
        while got < size:
            got += len(peer.receive()[1])
        return f"{state}: {got}, {closing(peer)}"
    if what in ("refuse", "rude"):
        return open_socket(port, "/" + what)[1]
    if what == "unasked":
        peer = connect(port)
        peer.connection.sendall(b"GET /rude HTTP/1.1\r\nHost: test\r\n\r\n")
        return peer.head()[0].split(" ")[1]
    if what == "wait":
        peer, state = open_socket(port, "/echo")
        print(state, flush=True)
        return "ended" if peer.ended() else "not ended"
    if what == "busy":
        peer, state = open_socket(port, "/echo")
        print(state, flush=True)
        try:
            while True:
                peer.send(TEXT, b"x")
                peer.receive()
                time.sleep(0.05)
        except (EOFError, OSError):
            return "ended"
    raise SystemExit(f"nobody knows how to {what}")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    print(talk(int(sys.argv[2]), sys.argv[3]))
