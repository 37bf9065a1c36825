"""Answers of a broken upstream: the client must see the one that is meant, whole, or that there is none."""
import concurrent.futures
import socket

import cases
import client
import fronts
import judge
import readers
import upstream


class Exchange:
    """One hostile answer: asked for, followed by a good request on the same connection and one on another."""

    def __init__(self, port, mark, guarded, patience):
        self.mark = mark
        key = f'Idempotency-Key: "{mark}"\r\nContent-Length: 0\r\n' if guarded else ""
        method = "POST" if guarded else "GET"
        first = f"{method} /answer-{mark} HTTP/1.1\r\nHost: a\r\n{key}\r\n".encode()
        after = f"GET /after-{mark} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        self.data = self.again = b""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                self.data = client.converse(connection, [first], "GET", 1, patience)
                self.again = client.converse(connection, [after], "GET", 1, patience) if guarded is False else b""
        except OSError:
            pass
        self.other = client.exchange(port, [after], "GET", 1, patience)
        self.retry = client.exchange(port, [first], "GET", 1, patience) if guarded else b""


def run_answers(name, corpus, options):
    """Runs all answer cases at one front, at the gateway also as guarded requests."""
    behind = upstream.Upstream()
    jobs = [(case, False) for case in corpus]
    if name == "gateway":
        jobs += [(case, True) for case in corpus]
    patience = 40 if name == "gateway" else 1.5
    marks = [f"d{number:04}" for number in range(len(jobs))]
    for (case, _), mark in zip(jobs, marks):
        behind.answers[mark] = case.pieces(mark)
    with fronts.FRONTS[name](behind.port) as front:
        with concurrent.futures.ThreadPoolExecutor(48) as pool:
            done = list(pool.map(lambda pair: Exchange(front.port, pair[1], pair[0][1], patience), zip(jobs, marks)))
    behind.settle()
    results = []
    requests = behind.requests()
    for (case, guarded), exchange in zip(jobs, done):
        verdict, reason, answer = judged(exchange)
        miss = missed(case, guarded, exchange, answer, verdict, requests) if name == "gateway" else ""
        if options.show or miss:
            kind = "+key" if guarded else ""
            print(f"{name:8} {case.group}/{case.name}{kind}: {verdict} {reason} {miss}")
        if options.show:
            print(f"           in front {exchange.data[:300]!r} then {exchange.again[:100]!r}")
        results.append((case, verdict, reason, miss))
    return results, []


def judged(exchange):
    """Whether every reader sees the same, and whether the next answers are their own."""
    reading = judge.one_reading(readers.answers, exchange.data)
    if isinstance(reading, str):
        return "differs", reading, None
    found, end = reading
    if b"smuggled" in exchange.data.lower() + exchange.again.lower() + exchange.other.lower():
        return "differs", "a smuggled answer or header arrives", None
    if len(found) > 1:
        return "differs", "two answers to one request", None
    wanted = b"/after-" + exchange.mark.encode()
    for later in (exchange.again, exchange.other):
        replies, _ = readers.answers(readers.STYLES[0], later)
        if replies and replies[0].status == 200 and replies[0].body != wanted:
            return "differs", "the next request gets another answer", None
    answer = found[0] if found and not end else None
    is_relayed = answer is not None and bool(answer.values(b"x-answer"))
    return ("agreed" if is_relayed else "refused"), "", answer


def missed(case, guarded, exchange, answer, verdict, requests):
    """What the gateway's result lacks of the expectation, or nothing."""
    word, status, body = case.expected(exchange.mark)
    asked = [
        request for request in requests if b"/answer-" + exchange.mark.encode() + b" " in request.start
    ]
    if verdict == "differs":
        return "read differently"
    others, _ = readers.answers(readers.STYLES[0], exchange.other)
    if not others or others[0].status != 200:
        return "another client gets no answer"
    if guarded and len(asked) != 1:
        return f"{len(asked)} requests behind under one key"
    retried = readers.answers(readers.STYLES[0], exchange.retry)[0]
    if word == "fail":
        if answer and (answer.status < 500 or answer.values(b"x-answer")):
            return f"the client gets {answer.status}"
        if guarded and not (answer and answer.status == 502 and retried and retried[0].status == 409):
            return f"not 502 and then in doubt: {answer and answer.status}, {[reply.status for reply in retried]}"
        return ""
    if answer is None or (str(answer.status), answer.body) != (status, body):
        return f"not {status} {body!r}: {answer and (answer.status, answer.body)}"
    if guarded and not (retried and retried[0].body == body and retried[0].values(b"idempotent-replayed")):
        return "the retry is no replay of it"
    if answer.values(b"idempotent-replayed"):
        return "the upstream's claim of a replay is passed on"
    return ""
