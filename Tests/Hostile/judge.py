"""What became of a case: refused, agreed on by every reader, or read differently somewhere."""
import readers

SIGNIFICANT = [
    b"host", b"content-length", b"transfer-encoding", b"idempotency-key", b"idempotency-attempt", b"authorization",
    b"cookie", b"x-forwarded-for", b"x-smuggled", b"connection",
]


def essence(message):
    """What decides about a message."""
    return message.start, message.body, tuple((name, tuple(message.values(name))) for name in SIGNIFICANT)


def one_reading(read, data):
    """The messages that all styles see, and how it ended; or a text that says how they differ."""
    first = None
    for style in readers.STYLES:
        found, end = read(style, data)
        seen = [essence(message) for message in found], end
        if first is None:
            first, reading = seen, (found, end)
        elif seen != first:
            return f"'{readers.STYLES[0].name}' sees {summary(*first)}, '{style.name}' sees {summary(*seen)}"
    return reading


def summary(found, end):
    lines = [message[0].decode("latin-1")[:40] + f" +{len(message[1])}" for message in found]
    return "; ".join(lines + ([end] if end else [])) or "nothing"


def judge_request(answer_bytes, method, taken):
    """The verdict on what a front did with a request, why, the requests behind, and the answers in front."""
    relayed = one_reading(lambda style, data: readers.answers(style, data, method), answer_bytes)
    if isinstance(relayed, str):
        return "differs", "the client: " + relayed, [], []
    answers = relayed[0]
    behind = []
    for data in taken:
        reading = one_reading(readers.requests, data)
        if isinstance(reading, str):
            return "differs", "behind: " + reading, [], answers
        if reading[1] == "malformed":
            return "differs", "behind: what no strict reader takes", [], answers
        behind += reading[0]
    own = sum(1 for answer in answers if answer.values(b"x-answer"))
    if len(behind) != own:
        return "differs", f"{len(behind)} requests behind, {own} answers in front", behind, answers
    return ("agreed" if behind else "refused"), "", behind, answers


def misses(case, mark, verdict, behind, answers):
    """What the gateway's result lacks of the expectation, or nothing."""
    word, status, body = case.expected(mark)
    statuses = [answer.status for answer in answers]
    if verdict == "differs":
        return "read differently"
    if word == "nothing":
        return "" if not behind and not [code for code in statuses if code < 400] else f"{len(behind)} behind"
    if word == "either":
        return "" if len(behind) <= 1 else f"{len(behind)} behind"
    refused = {int(code) for code in status.split("|")} if status else set()
    wanted = {"refuse": 0, "one": 1, "two": 2, "first": 1}[word]
    if len(behind) != wanted:
        return f"{len(behind)} requests behind, not {wanted}; answers {statuses}"
    if word in ("refuse", "first"):
        if len(statuses) != wanted + 1 or statuses[-1] not in refused:
            return f"answers {statuses}, not a refusal with {status}"
        return ""
    if len(statuses) != wanted:
        return f"answers {statuses}, not {wanted}"
    if word == "one" and behind[0].body != body:
        return f"the body is {behind[0].body[:60]!r}, not {body[:60]!r}"
    return ""
