#!/usr/bin/env python3
"""The system behind the gateway, as the scripts order it: takes effect, writes it down, answers as it is told.

    upstream.py PORT FOLDER

Every POST, PATCH, PUT and DELETE takes effect: one line `METHOD TARGET KEY ATTEMPT` in FOLDER/effects, on the disk
before the answer. What else it does, the request says in `X-Script`, commands divided by `;`:

    status=N  body=TEXT  size=BYTES  type=MEDIA-TYPE  header=NAME: VALUE   the answer
    before=SECONDS  after=SECONDS    how long it takes before and after the effect
    break=unread|unanswered|head|body    closes the connection: before the effect, after it, after the answer's header,
                                         in the middle of the body
    events                           answers with an event stream of three events
    chunked                          answers without a length
    unless=FILE                      does nothing of the above while FOLDER/FILE exists

GET tells, as every other method, what was asked: `METHOD TARGET`. GET /ask answers what became of a key: as the file
FOLDER/ask says (a status), or by the effects: 200 with message/http, or 404.
"""
import http.server
import os
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
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if breaks == "head":
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

    def tell(self):
        self.read_body()
        _, headers = self.script()
        self.answer(200, [("Content-Type", "text/plain"), *headers], f"{self.command} {self.path}\n".encode())

    def do_GET(self):
        if self.path.partition("?")[0] == "/ask":
            return self.ask()
        self.tell()

    do_HEAD = do_OPTIONS = do_TRACE = tell

    def ask(self):
        with open(os.path.join(FOLDER, "asked"), "a", encoding="latin-1") as file:
            file.write(f"{self.key()} {self.headers.get('Idempotency-Scope', '-')}\n")
        try:
            with open(os.path.join(FOLDER, "ask"), encoding="ascii") as file:
                return self.answer(int(file.read()), [], b"")
        except FileNotFoundError:
            pass
        numbers = [number for number, words in enumerate(effects(), 1) if words[2] == self.key()]
        if not numbers:
            return self.answer(404, [], b"")
        body = f"effect {numbers[0]}\n".encode()
        head = b"HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)
        self.answer(200, [("Content-Type", "message/http")], head + body)

    def act(self):
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


Server(("127.0.0.1", int(sys.argv[1])), Upstream).serve_forever()
