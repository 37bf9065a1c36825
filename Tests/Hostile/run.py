#!/usr/bin/env python3
"""Sends the hostile corpus to the gateway and to reference parsers, and compares what came of it. See README.md."""
import argparse
import concurrent.futures
import sys
import time

import answers
import cases
import client
import fronts
import judge
import upstream

VERDICTS = ["refused", "agreed", "differs"]


def send(front, behind, number, case):
    """Sends one request case; its mark and what came back."""
    mark = f"c{number:04}"
    word = case.expected(mark)[0]
    wanted = {"two": 2, "first": 2, "nothing": 9}.get(word, 1)
    if front.name == "gateway":
        patience = 1 if word == "nothing" else 40
    else:
        patience = 1.5
    method = "HEAD" if case.text.startswith("HEAD") else "GET"
    data = client.exchange(front.port, case.pieces(mark), method, wanted, patience)
    return mark, method, data


def run_requests(name, corpus, options):
    """Runs all request cases at one front: (case, verdict, reason, miss) each, and complaints about the whole."""
    behind = upstream.Upstream()
    if name == "gateway":
        corpus = [variant for case in corpus for variant in (case, case.with_key()) if variant]
    with fronts.FRONTS[name](behind.port) as front:
        with concurrent.futures.ThreadPoolExecutor(48) as pool:
            sent = list(pool.map(lambda pair: send(front, behind, *pair), enumerate(corpus)))
        complaints = records(front) if name == "gateway" else []
    behind.settle()
    if name == "gateway" and (stray := behind.unmarked()):
        complaints.append(f"bytes behind that belong to no case: {stray[0][:80]!r}")
    results = []
    for case, (mark, method, data) in zip(corpus, sent):
        taken = behind.taken(mark)
        verdict, reason, requests, replies = judge.judge_request(data, method, taken)
        miss = judge.misses(case, mark, verdict, requests, replies) if name == "gateway" else ""
        results.append((case, verdict, reason, miss))
        if options.show or miss:
            print(f"{name:8} {case.group}/{case.name}: {verdict} {reason} {miss}")
        if options.show:
            print(f"           in front {data[:300]!r}\n           behind   {[piece[:300] for piece in taken]!r}")
    return results, complaints


def records(front):
    """A refused request must leave nothing in the store, and no key may be left running or in doubt."""
    left = {state: count for state, count in front.states().items() if state != "completed"}
    return [f"records that are left behind: {left}"] if left else []


def table(results):
    """The verdicts by class and front."""
    names = list(results)
    groups = list(dict.fromkeys(case.group for rows in results.values() for case, *_ in rows))
    head = ["class".ljust(24)] + [f"{name:>8} refused agreed differs" for name in names]
    lines = [" | ".join(head)]
    for group in groups + ["all"]:
        cells = [group.ljust(24)]
        for name in names:
            rows = [row for row in results[name] if group in (row[0].group, "all")]
            counts = [sum(1 for row in rows if row[1] == verdict) for verdict in VERDICTS]
            cells.append(f"{len(rows):8} {counts[0]:7} {counts[1]:6} {counts[2]:7}")
        lines.append(" | ".join(cells))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--front", action="append", choices=list(fronts.FRONTS))
    parser.add_argument("--case", action="append", help="only cases whose name contains this")
    parser.add_argument("--show", action="store_true", help="print every case and its bytes")
    options = parser.parse_args()
    names = options.front or list(fronts.FRONTS)

    def chosen(folder):
        every = cases.load(folder)
        return [case for case in every if not options.case or any(text in case.name for text in options.case)]

    bad = 0
    start = time.monotonic()
    for title, folder, run in [
        ("Requests", "Requests", run_requests), ("Answers of the upstream", "Answers", answers.run_answers),
    ]:
        corpus = chosen(folder)
        if not corpus:
            continue
        results = {}
        for name in names:
            results[name], complaints = run(name, corpus, options)
            bad += len(complaints)
            for complaint in complaints:
                print(f"FAILED  {name}: {complaint}")
        print(f"\n{title}\n{table(results)}\n")
        bad += sum(1 for *_, miss in results.get("gateway", []) if miss)
        bad += sum(1 for _, verdict, *_ in results.get("gateway", []) if verdict == "differs")
        if "lax" in results and not options.case:
            caught = sum(1 for _, verdict, *_ in results["lax"] if verdict == "differs")
            if caught < 10:
                print(f"FAILED  the lax forwarder was caught in {caught} cases only: the check proves nothing")
                bad += 1
    print(f"{'FAILED' if bad else 'ok'}: {bad} bad, {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
