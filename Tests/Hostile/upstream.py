"""The system behind the fronts: writes down every byte, and answers what it is asked once per connection."""
import re
import socket
import threading
import time

import cases
import readers

MARK = re.compile(rb"[cd][0-9]{4}")
PLAIN = readers.Style("plain", loose_coding=True, bare_lf=True, loose_numbers=True)


class Upstream:
    """Records connections by the mark of the case whose bytes came on them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.recordings = {}
        self.answers = {}
        self.open = 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.socket.accept()
            with self.lock:
                self.open += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def settle(self, seconds=20):
        """Waits until every connection has ended, so that all is written down."""
        deadline = time.monotonic() + seconds
        while self.open and time.monotonic() < deadline:
            time.sleep(0.05)

    def taken(self, mark):
        """What came on the connections of this case."""
        with self.lock:
            return [bytes(data) for data in self.recordings.get(mark, [])]

    def requests(self):
        """All requests on all connections."""
        with self.lock:
            every = [bytes(data) for recordings in self.recordings.values() for data in recordings]
        return [request for data in every for request in readers.requests(PLAIN, data)[0]]

    def unmarked(self):
        """What came on connections that belong to no case."""
        with self.lock:
            return [bytes(data) for data in self.recordings.get("", []) if data.strip()]

    def serve(self, connection):
        data = bytearray()
        answered = 0
        try:
            connection.settimeout(60)
            while piece := connection.recv(65536):
                data += piece
                found, _ = readers.requests(PLAIN, bytes(data))
                for request in found[answered:]:
                    answered += 1
                    if not self.answer(connection, request, answered):
                        # The front was told that this connection ends: what it still sends is only written down.
                        answered = 1 << 30
        except (OSError, ValueError):
            pass
        finally:
            mark = MARK.search(data)
            with self.lock:
                self.recordings.setdefault(mark[0].decode() if mark else "", []).append(data)
                self.open -= 1
            connection.close()

    def answer(self, connection, request, number):
        """Answers; whether the connection goes on."""
        mark = MARK.search(request.start)
        script = self.answers.get(mark[0].decode()) if mark and b"/answer-" in request.start else None
        if script is not None:
            return self.play(connection, script)
        goes_on = b"/after-" in request.start
        body = request.start.split(b" ")[1] if goes_on else b"seen"
        head = [b"HTTP/1.1 200 OK", b"X-Answer: %d" % number, b"Content-Length: %d" % len(body)]
        if not goes_on:
            head.append(b"Connection: close")
        if request.start.startswith(b"HEAD"):
            body = b""
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n" + body)
        return goes_on

    @staticmethod
    def play(connection, script):
        for piece in script:
            if piece is cases.PAUSE:
                time.sleep(0.05)
            elif piece is cases.END:
                connection.shutdown(socket.SHUT_WR)
                return False
            else:
                connection.sendall(piece)
        return True
