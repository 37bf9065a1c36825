"""What stands in front of the recording upstream: the gateway, two reference parsers, and one that must be caught."""
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(os.environ.get("ROOT") or pathlib.Path(__file__).resolve().parents[2])
ONCE = os.environ.get("ONCE") or str(ROOT / ".build/debug/once")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def usual_limit():
    """The soft limit of open files that most programs are started with."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))


class Front:
    """A server process in a folder of its own."""

    name = ""

    def __init__(self, upstream_port, more=()):
        self.upstream_port = upstream_port
        self.more = list(more)
        self.folder = tempfile.mkdtemp(prefix="hostile-")
        self.port = free_port()
        self.process = None

    def __enter__(self):
        with open(f"{self.folder}/log", "wb") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.folder, preexec_fn=usual_limit)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen:\n{self.log()}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return pathlib.Path(f"{self.folder}/log").read_text(errors="replace")

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        pathlib.Path(path).write_text(text)
        return path


class Gateway(Front):
    """Ours."""

    name = "gateway"

    def command(self):
        return [
            ONCE, "gateway", "--upstream", f"http://127.0.0.1:{self.upstream_port}", "--listen",
            f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{free_port()}", "--store", f"sqlite:{self.folder}/once.db",
            "--upstream-timeout", "20s", "--drain", "2s", *self.more,
        ]

    def states(self):
        """How many records there are in each state."""
        command = [ONCE, "keys", "list", "--store", f"sqlite:{self.folder}/once.db", "--json", "--limit", "1000"]
        text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        states = {}
        for state in re.findall(r'"state"\s*:\s*"([a-z-]+)"', text):
            states[state] = states.get(state, 0) + 1
        return states


class Nginx(Front):
    """The reference that most upstreams stand behind."""

    name = "nginx"

    def command(self):
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        path = self.write("nginx.conf", f"""
            daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log; worker_processes 1;
            events {{ worker_connections 4096; }}
            http {{
              access_log off;
              client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
              server {{
                listen 127.0.0.1:{self.port} backlog=511;
                location / {{
                  proxy_pass http://127.0.0.1:{self.upstream_port}; proxy_http_version 1.1;
                  proxy_set_header Host $http_host; proxy_next_upstream off;
                }}
              }}
            }}""")
        return [program, "-p", self.folder, "-c", path]


class HAProxy(Front):
    """The reference that was hardened against this very kind of attack."""

    name = "haproxy"

    def command(self):
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        path = self.write("haproxy.cfg", f"""
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  retries 0
frontend front
  bind 127.0.0.1:{self.port}
  default_backend back
backend back
  server upstream 127.0.0.1:{self.upstream_port}
""")
        return [program, "-db", "-f", path]


class Lax(Front):
    """A forwarder as naive ones are: believes `Content-Length`, passes bytes on as they are. The negative control."""

    name = "lax"

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", self.port), backlog=512)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def more(client):
        piece = client.recv(65536)
        if not piece:
            raise ConnectionError("the client has hung up")
        return piece

    def serve(self, client):
        data = b""
        try:
            client.settimeout(1)
            while b"\r\n\r\n" not in data:
                piece = client.recv(65536)
                if not piece:
                    return
                data += piece
            head, _, body = data.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length[ \t]*:\s*([0-9]+)", head)
            if b"chunked" in head.lower() and not length:
                while not body.endswith(b"0\r\n\r\n"):
                    body += self.more(client)
            else:
                while length and len(body) < int(length[1]):
                    body += self.more(client)
            with socket.create_connection(("127.0.0.1", self.upstream_port), timeout=5) as upstream:
                upstream.settimeout(1)
                upstream.sendall(head + b"\r\n\r\n" + body)
                while piece := upstream.recv(65536):
                    client.sendall(piece)
        except (OSError, ValueError):
            pass
        finally:
            client.close()


FRONTS = {front.name: front for front in (Gateway, Nginx, HAProxy, Lax)}
