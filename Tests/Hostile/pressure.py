#!/usr/bin/env python3
"""Clients that take what they can: slow, half, oversized, many. All at once, while a good client wants to be served.

What must hold: every attack is ended by the gateway, the good client gets all its answers, no claim is left behind, and
the memory stays within the bound. See docs/THREATS.md.

    pressure.py [--connections N]     idle connections at a time besides the attacks; 1000, and 10000 for the long form
"""
import argparse
import asyncio
import collections
import multiprocessing
import pathlib
import resource
import socket
import sys
import time

import fronts

# The most that the gateway may grow: so much for the loops, the store and the attacks' buffers, and so much a
# connection.
BASE = 96 << 20
PER_CONNECTION = 24 << 10
# When whoever attacks must be rid of, all time-outs being those of the defaults: twice and more.
PATIENCE = 60
BIG = 8 << 20


class Pressure:
    """The attacks on one gateway, and what went wrong."""

    def __init__(self, port, connections):
        self.port = port
        self.connections = connections
        self.bad = []
        self.done = {}
        self.address = 2

    async def open(self, address=None):
        """A connection from an address of its own, unless one is given: no attack here is on the limit per address."""
        if address is None:
            self.address += 1
            address = f"127.{1 + self.address // 60000}.{self.address // 250 % 240}.{1 + self.address % 250}"
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))

    async def answer(self, reader):
        """All that comes until the other side closes."""
        data = b""
        try:
            while piece := await asyncio.wait_for(reader.read(65536), PATIENCE):
                data += piece[:1000] if len(data) < 1000 else b""
        except ConnectionError:
            pass
        return data

    def check(self, name, holds, what):
        self.done[name] = self.done.get(name, 0) + 1
        if not holds:
            self.bad.append(f"{name}: {what}")

    async def attack(self, name, number, pieces, pause, statuses):
        """Sends pieces with pauses until the gateway ends it. It must answer so; 0 stands for none, as whoever floods
        on after the answer has gone out may lose it to the end of the connection."""
        reader, writer = await self.open()
        reading = asyncio.create_task(self.answer(reader))
        try:
            for piece in pieces(number):
                if reading.done():
                    break
                writer.write(piece)
                await asyncio.wait_for(writer.drain(), PATIENCE)
                if pause:
                    await asyncio.wait({reading}, timeout=pause)
        except (ConnectionError, asyncio.TimeoutError):
            pass
        try:
            data = await asyncio.wait_for(reading, PATIENCE)
            status = int(data.split()[1]) if data else 0
            self.check(name, status in statuses, f"answered with {status}")
        except asyncio.TimeoutError:
            self.check(name, False, f"not ended within {PATIENCE} s")
        writer.close()

    async def half_body(self, number):
        """Hangs up in the middle of a body."""
        _, writer = await self.open()
        writer.write(head("POST", f"half-{number}", "Content-Length: 1000") + b"x" * 500)
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()
        self.check("half bodies", True, "")

    async def slow_reader(self, number):
        """Wants a large answer and takes nothing of it; leaves before the gateway does (after 60 s)."""
        reader, writer = await self.open()
        writer.write(f"GET /big/{number} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        await asyncio.sleep(15)
        writer.transport.abort()
        self.check("slow readers", True, "")

    async def idle(self, number):
        """Connects and says nothing."""
        reader, writer = await self.open()
        data = await asyncio.wait_for(self.answer(reader), PATIENCE)
        self.check("idle connections", data == b"", data[:50])
        writer.close()

    async def crowd(self):
        """One address opens more connections than it may; the rest is closed at once, another address is served."""
        opened = [await self.open("127.0.0.9") for _ in range(1100)]
        waits = [asyncio.create_task(reader.read(1)) for reader, _ in opened]
        deadline = time.monotonic() + PATIENCE
        while (closed := sum(1 for wait in waits if wait.done())) < 100 and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        self.check("one address", closed >= 100, f"{closed} of 1100 connections closed, not 100")
        for wait in waits:
            wait.cancel()
        for _, writer in opened:
            writer.transport.abort()

    async def run(self):
        await asyncio.gather(*self.attacks())

    def attacks(self):
        for number in range(100):
            yield self.attack("slow headers", number, slow_header, 1, {0, 408})
            yield self.attack("slow bodies", number, slow_body, 1, {408})
            yield self.attack("slow unguarded bodies", number, slow_put, 1, {408, 502})
            yield self.half_body(number)
            yield self.slow_reader(number)
        for number in range(20):
            yield self.attack("one-byte chunks", number, chunk_bomb, 0, {200})
            yield self.attack("endless extensions", number, extensions, 0, {0, 400})
            yield self.attack("endless headers", number, endless_header, 0, {0, 431})
            yield self.attack("endless spaces", number, spaces, 0, {0, 431})
            yield self.attack("oversized bodies", number, oversized, 0, {0, 413})
            yield self.attack("oversized chunks", number, oversized_chunks, 0, {0, 413})
        for number in range(self.connections):
            yield self.idle(number)
        yield self.crowd()


def head(method, key, more):
    return f'{method} /pay HTTP/1.1\r\nHost: a\r\nIdempotency-Key: "{key}"\r\n{more}\r\n\r\n'.encode()


def slow_header(number):
    yield b"GET / HTTP/1.1\r\nHost: a\r\nX: "
    for _ in range(PATIENCE):
        yield b"x"


def slow_body(number):
    yield head("POST", f"slow-{number}", "Content-Length: 1000")
    for _ in range(PATIENCE):
        yield b"x"


def slow_put(number):
    yield b"PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    for _ in range(PATIENCE):
        yield b"x"


def chunk_bomb(number):
    yield head("POST", f"chunks-{number}", "Connection: close\r\nTransfer-Encoding: chunked")
    for _ in range(10):
        yield b"1\r\nx\r\n" * 2000
    yield b"0\r\n\r\n"


def extensions(number):
    yield head("POST", f"extensions-{number}", "Transfer-Encoding: chunked")
    for _ in range(4000):
        yield b"1;" + b"a" * 1000 + b"\r\nx\r\n"


def endless_header(number):
    yield b"GET / HTTP/1.1\r\nHost: a\r\n"
    for line in range(10_000):
        yield b"X-%d: y\r\n" % line


def spaces(number):
    yield b"GET / HTTP/1.1\r\nHost: a\r\nX:"
    for _ in range(1000):
        yield b" " * 65536


def oversized(number):
    yield head("POST", f"large-{number}", "Content-Length: 10000000000")
    for _ in range(100):
        yield b"x" * 65536


def oversized_chunks(number):
    yield head("POST", f"chunked-{number}", "Transfer-Encoding: chunked")
    for _ in range(100):
        yield b"10000\r\n" + b"x" * 65536 + b"\r\n"


def pay(port, key):
    """One payment; all that comes back."""
    data = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(head("POST", key, "Connection: close\r\nContent-Length: 2") + b"{}")
            while piece := connection.recv(65536):
                data += piece
    except OSError as error:
        return repr(error).encode()
    return data


def good_client(port, stop, report):
    """Pays again and again, in a process of its own. Every payment must succeed; where it is told to try again under
    its key (the upstream of this test may be too busy to take a connection), or told nothing, it does."""
    number, slowest, bad = 0, 0.0, []
    while not stop.is_set():
        number += 1
        start = time.monotonic()
        data = pay(port, f"good-{number}")
        while (b'"retry":"same-key' in data or not data.startswith(b"HTTP/")) and time.monotonic() - start < PATIENCE:
            time.sleep(0.2)
            data = pay(port, f"good-{number}")
        if not data.startswith(b"HTTP/1.1 200"):
            bad.append(f"the good client got {data[:80]!r} … {data[-300:]!r}")
        slowest = max(slowest, time.monotonic() - start)
        time.sleep(0.05)
    report.send((number, slowest, bad))


def serve(listener):
    """Runs the upstream, in a process of its own."""
    async def forever():
        server = await asyncio.start_server(upstream, sock=listener, backlog=512)
        await server.serve_forever()

    asyncio.run(forever())


async def upstream(reader, writer):
    """Reads requests to their end and answers them."""
    try:
        while line := await reader.readline():
            fields = {}
            while (field := await reader.readline()).strip():
                name, _, value = field.partition(b":")
                fields[name.lower()] = value.strip()
            await reader.readexactly(int(fields.get(b"content-length", 0)))
            body = b"x" * BIG if b"/big/" in line else b"ok"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def memory(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


def test(connections):
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = multiprocessing.Process(target=serve, args=(listener,), daemon=True)
    server.start()
    stop = multiprocessing.Event()
    report, reported = multiprocessing.Pipe(False)
    with fronts.Gateway(
        listener.getsockname()[1], ["--max-connections", str(connections + 3000)]
    ) as gateway:
        client = multiprocessing.Process(target=good_client, args=(gateway.port, stop, reported), daemon=True)
        client.start()
        time.sleep(1)
        before = memory(gateway.process.pid, "VmRSS")
        start = time.monotonic()
        pressure = Pressure(gateway.port, connections)
        asyncio.run(pressure.run())
        took = time.monotonic() - start
        stop.set()
        served, slowest, bad = report.recv()
        client.join()
        pressure.bad += bad
        peak, after = memory(gateway.process.pid, "VmHWM"), memory(gateway.process.pid, "VmRSS")
        bound = BASE + PER_CONNECTION * (connections + 1600)
        left = {state: count for state, count in gateway.states().items() if state != "completed"}
        for name, count in pressure.done.items():
            print(f"{count:6} {name}")
        print(f"the good client was served {served} times, {slowest:.2f} s at the longest; {took:.0f} s")
        mib = [f"{size / 2**20:.0f}" for size in (before, peak, after, bound)]
        print(f"memory {mib[0]} MiB before, {mib[1]} at the most, {mib[2]} after; it may grow by {mib[3]}")
        if left:
            pressure.bad.append(f"records are left behind: {left}")
        if peak - before > bound:
            pressure.bad.append("the memory grew by more than its bound")
        if gateway.process.poll() is not None:
            pressure.bad.append(f"the gateway has ended:\n{gateway.log()[-2000:]}")
    server.kill()
    for line, count in collections.Counter(pressure.bad).most_common(20):
        print(f"FAILED  {line} ({count} times)")
    print(f"{'FAILED' if pressure.bad else 'ok'}: {len(pressure.bad)} bad")
    return 1 if pressure.bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    connections = parser.parse_args().connections
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 6000
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"the hard limit of open files is {hard}; {wanted} are needed (ulimit -Hn)")
        return 2
    # The gateway starts with the usual soft limit, and raises it itself.
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return test(connections)


if __name__ == "__main__":
    sys.exit(main())
