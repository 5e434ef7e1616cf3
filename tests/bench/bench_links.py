"""Password links: AWS calls, CPU and cost of a link, through the doors of plan_send and deliver_links, at chunks of 50.

Both doors run as they do in Lambda, Powertools and botocore included; only the network is cut off (``null_aws``). People are
students with a username and an address of their own, so that a link is a mail. In the same run, in turns: Django 5.2 and the
obvious design on AWS, for as many people (2,000 at most: it bounds the time).
"""

import gc
import os
import statistics
from collections import Counter, defaultdict
from math import ceil
from typing import Any

from latchkey.wiring import collect_rarely
from tests.bench.links_others import django, naive, sink
from tests.bench.links_rate import used
from tests.bench.links_run import Run, pages_of
from tests.bench.null_aws import NullAws

SIZES = {200: 30, 2_000: 6, 20_000: 3}  # people, and how often
OTHERS, MOST = 3, 2_000  # how often others are measured, and for how many people at most
SERVICES = {"dynamodb": "DynamoDB", "sqs": "SQS", "sesv2": "SES", "kms": "KMS"}
# List prices in us-east-1, $ per million: on-demand writes and reads of DynamoDB, requests of SQS and Lambda.
WRITE, READ, SQS, INVOCATION = 0.625, 0.125, 0.40, 0.20

Row = dict[str, Any]


def main() -> list[Row]:
    """The rows of the table."""
    os.environ |= {"AWS_DEFAULT_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    collect_rarely()  # as in a deployed function
    runs: dict[int, list[Run]] = {size: [] for size in SIZES}
    others: dict[tuple[str, int], list[float]] = defaultdict(list)
    schools = {size: pages_of(size) for size in SIZES}
    Run(200, schools[200]).measure()  # warms caches of botocore up
    gc.freeze()  # the schools are the bench's, not the functions'
    turns = max(SIZES.values())
    with sink() as port:
        for turn in range(turns):
            for size, often in SIZES.items():
                if turn % (turns // often) == 0:
                    runs[size].append(Run(size, schools[size]).measure())
                if size <= MOST and turn % (turns // OTHERS) == 0:
                    alone, aws = naive(size)
                    found = {"in memory": django(size), "over SMTP": django(size, port), "naive": alone}
                    for name, value in found.items():
                        if value is not None:
                            others[name, size].append(value)
    # The quietest of the runs: whatever else the machine does only ever adds to CPU time.
    best = {size: min(done, key=lambda run: run.seconds) for size, done in runs.items()}
    each = {size: run.seconds / size * 1e6 for size, run in best.items()}
    rows = [_calls(run) for run in best.values()] + [_naive_calls(aws, MOST)]
    for size, run in best.items():
        rows += [_cpu(run), *_against(size, each[size], others)]
    growth = each[20_000] / each[200]
    what = "CPU per link at 20,000 people to 200"
    rows.append({"what": what, "bar": "≤ 1.25 x", "got": f"{growth:.2f} x", "met": growth <= 1.25, "value": growth})
    return [*rows, _cost(best[20_000]), used(14, 2_000), used(200, 5_000)]


def _cpu(run: Run) -> Row:
    cpu, plan = run.seconds / run.size * 1e6, run.plan / run.size * 1e6
    got = f"{cpu:.0f} µs (plan {plan:.0f}, delivery {cpu - plan:.0f}); {1e6 / cpu:,.0f} links per second of CPU"
    return {"what": f"CPU per link at {run.size:,} people", "bar": "", "got": got, "met": None, "value": cpu}


def _against(size: int, ours: float, others: dict[tuple[str, int], list[float]]) -> list[Row]:
    rows: list[Row] = []
    measured = min(size, MOST)
    note = f", measured at {measured:,}" if measured < size else ""
    names = {
        "over SMTP": ("Django 5.2's PasswordResetForm over SMTP", 0.1),
        "in memory": ("Django 5.2's PasswordResetForm in memory", 0.2),
        "naive": ("one message, put and mail each", None),
    }
    for name, (words, bar) in names.items():
        what, limit = f"CPU per link at {size:,} to {words}{note}", f"≤ {bar} x" if bar else ""
        theirs = min(others[name, measured], default=None)
        if theirs is None:
            rows.append({"what": what, "bar": limit, "got": "Django could not be fetched", "met": None, "value": None})
            continue
        ratio = ours / theirs
        got = f"{ratio:.3f} x ({ours:.0f} to {theirs:,.0f} µs)"
        rows.append({"what": what, "bar": limit, "got": got, "met": ratio <= bar if bar else None, "value": ratio})
    return rows


def _by_service(aws: NullAws, size: int) -> str:
    counts: Counter[str] = Counter()
    for call, count in aws.calls.items():
        counts[SERVICES[call.split(".")[0]]] += count
    return ", ".join(f"{name} {counts[name] / size:.4f}" for name in SERVICES.values())


def _calls(run: Run) -> Row:
    calls = run.aws.calls.total() / run.size
    bar, met = ("≤ 0.1", calls <= 0.1) if run.size == max(SIZES) else ("", None)
    got = f"{calls:.4f} ({_by_service(run.aws, run.size)})"
    return {"what": f"AWS calls per link at {run.size:,} people", "bar": bar, "got": got, "met": met, "value": calls}


def _naive_calls(aws: NullAws, size: int) -> Row:
    calls = aws.calls.total() / size
    got = f"{calls:.1f} ({_by_service(aws, size)})"
    return {"what": "AWS calls per link, one message, put and mail each", "bar": "", "got": got, "met": None, "value": calls}


def _cost(run: Run) -> Row:
    """Requests at list prices; SES's own $10, what SES tells afterwards and the Lambdas' time come on top."""
    chunks = len(run.sizes)
    planned = sum(ceil(size / 1024) for size in run.sizes)
    writes = planned + 2 * 2 * (planned + chunks)  # planned; leased and recorded in transactions with the send's item
    writes += run.aws.calls["dynamodb.UpdateItem"]  # slots of the rate
    writes += 2 * chunks  # the school's hour, recorded with them
    reads = run.aws.calls["dynamodb.Query"] * 128 + sum(ceil(size / 4096) for size in run.sizes)
    reads += run.size + run.delivered  # the people and the school, read again before a message is mailed
    requests = run.aws.calls["sqs.SendMessageBatch"] + 2 * run.delivered  # and each message is received and deleted
    dollars = (writes * WRITE + reads * READ + requests * SQS + run.delivered * INVOCATION) / 1e6 * 100_000 / run.size
    got = f"${dollars:.3f} ({statistics.mean(run.sizes) / 1024:.1f} KB a chunk)"
    return {"what": "cost of requests per 100,000 links", "bar": "≤ $0.05", "got": got, "met": dollars <= 0.05, "value": dollars}
