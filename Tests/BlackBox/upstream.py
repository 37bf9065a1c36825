#!/usr/bin/env python3
"""The system behind the gateway, as the scripts order it: takes effect, writes it down, answers as it is told.

    upstream.py PORT FOLDER [CERTIFICATE-AND-KEY [CLIENT-AUTHORITY]]      with TLS when there is a certificate

Every POST, PATCH, PUT and DELETE takes effect: one line `METHOD TARGET KEY ATTEMPT` in FOLDER/effects, on the disk
before the answer. What else it does, the request says in `X-Script`, commands divided by `;`:

    status=N  body=TEXT  size=BYTES  type=MEDIA-TYPE  header=NAME: VALUE   the answer
    before=SECONDS  after=SECONDS    how long it takes before and after the effect
    break=unread|unanswered|head|body|unframed
                                     closes the connection: before the effect, after it, after the answer's header, in
                                     the middle of the body, as the only end of the body (with TLS: without its end)
    events                           answers with an event stream of three events
    chunked                          answers without a length
    show=NAME                        answers with the lines of that header, as they came
    unless=FILE                      does nothing of the above while FOLDER/FILE exists

GET /bytes/NUMBER answers with so many bytes, PUT /sink takes any number and answers with the count, both in pieces.
GET tells, as every other method, what was asked: `METHOD TARGET`. GET /ask answers what became of a key: as the file
FOLDER/ask says (a status), or by the effects: 200 with message/http, or 404. GET /healthz answers with the status in
FOLDER/health, or 200.
"""
import http.server
import os
import ssl
import sys
import threading
import time

FOLDER = sys.argv[2]
LOCK = threading.Lock()


def effects():
    try:
        with open(os.path.join(FOLDER, "effects"), encoding="latin-1") as file:
            return [line.split() for line in file]
    except FileNotFoundError:
        return []


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "upstream"

    def log_message(self, *arguments):
        pass

    def key(self):
        return self.headers.get("Idempotency-Key", "-").strip('"').replace('\\"', '"').replace(" ", "_")

    def read_line(self):
        line = self.rfile.readline()
        if not line:
            raise ConnectionResetError("whoever asked has hung up")
        return line

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.read_line().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return body
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def take_effect(self):
        with LOCK:
            number = len(effects()) + 1
            line = " ".join([self.command, self.path, self.key(), self.headers.get("Idempotency-Attempt", "-")])
            with open(os.path.join(FOLDER, "effects"), "a", encoding="latin-1") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        return number

    def script(self):
        commands = [command.strip().partition("=") for command in self.headers.get("X-Script", "").split(";")]
        script = {name: value for name, _, value in commands if name and name != "header"}
        headers = [value.partition(": ") for name, _, value in commands if name == "header"]
        if "unless" in script and os.path.exists(os.path.join(FOLDER, script["unless"])):
            return {}, []
        return script, [(name, value) for name, _, value in headers]

    def break_off(self):
        self.close_connection = True
        self.connection.shutdown(2)

    def answer(self, status, headers, body, chunked=False, breaks=""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if breaks == "unframed":
            self.send_header("Connection", "close")
        elif chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if breaks == "head":
            return self.break_off()
        if breaks == "unframed":
            self.wfile.write(body)
            return self.break_off()
        if breaks == "body":
            self.wfile.write(body[: len(body) // 2])
            return self.break_off()
        if not chunked:
            self.wfile.write(body)
            return
        for start in range(0, len(body), 1000):
            piece = body[start:start + 1000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def told_status(self, name):
        try:
            with open(os.path.join(FOLDER, name), encoding="ascii") as file:
                return int(file.read())
        except FileNotFoundError:
            return None

    def shown(self, name):
        return "".join(f"{name}: {value}\n" for value in self.headers.get_all(name, []))

    def tell(self):
        self.read_body()
        script, headers = self.script()
        if "show" in script:
            return self.answer(200, [("Content-Type", "text/plain"), *headers], self.shown(script["show"]).encode())
        self.answer(200, [("Content-Type", "text/plain"), *headers], f"{self.command} {self.path}\n".encode())

    def send_bytes(self):
        left = int(self.path.rpartition("/")[2])
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        piece = b"." * 65536
        while left > 0:
            self.wfile.write(piece[:left])
            left -= len(piece)

    def sink(self):
        left = length = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 65536)))
        self.answer(200, [], str(length).encode())

    def do_GET(self):
        if self.path.startswith("/bytes/"):
            return self.send_bytes()
        if self.path.partition("?")[0] == "/ask":
            return self.ask()
        if self.path == "/healthz":
            return self.answer(self.told_status("health") or 200, [], b"")
        self.tell()

    do_HEAD = do_OPTIONS = do_TRACE = tell

    def ask(self):
        with open(os.path.join(FOLDER, "asked"), "a", encoding="latin-1") as file:
            file.write(f"{self.key()} {self.headers.get('Idempotency-Scope', '-')}\n")
        if status := self.told_status("ask"):
            return self.answer(status, [], b"")
        numbers = [number for number, words in enumerate(effects(), 1) if words[2] == self.key()]
        if not numbers:
            return self.answer(404, [], b"")
        body = f"effect {numbers[0]}\n".encode()
        head = b"HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)
        self.answer(200, [("Content-Type", "message/http")], head + body)

    def act(self):
        if self.path == "/sink":
            return self.sink()
        self.read_body()
        script, headers = self.script()
        breaks = script.get("break", "")
        if breaks == "unread":
            return self.break_off()
        time.sleep(float(script.get("before", 0)))
        number = self.take_effect()
        time.sleep(float(script.get("after", 0)))
        if breaks == "unanswered":
            return self.break_off()
        if "events" in script:
            body = b"".join(b"data: %d\n\n" % event for event in range(3))
            return self.answer(200, [("Content-Type", "text/event-stream")], body, chunked=True)
        body = script.get("body", f"effect {number}\n").encode()
        if "show" in script:
            body = self.shown(script["show"]).encode()
        if "size" in script:
            body = body.ljust(int(script["size"]), b".")[: int(script["size"])]
        headers = [("Content-Type", script.get("type", "text/plain")), *headers]
        self.answer(int(script.get("status", 201)), headers, body, "chunked" in script, breaks)

    do_POST = do_PATCH = do_PUT = do_DELETE = act


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Whoever asked has hung up, as some scripts want it."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


server = Server(("127.0.0.1", int(sys.argv[1])), Upstream)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3])
    if len(sys.argv) > 4:
        context.load_verify_locations(sys.argv[4])
        context.verify_mode = ssl.CERT_REQUIRED
    # The handshake belongs to the thread of the connection, not to the one that accepts.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
