"""Password links: AWS calls, CPU and cost of a link, through the doors of plan_send and deliver_links, at chunks of 50.

Both doors run as they do in Lambda, botocore included; calls are counted in process, with the network cut off (``null_aws``),
cost on a simulated clock (``links_cost``), CPU with AWS in another process (``links_cpu``). People are students with a username
and an address of their own, so that a link is a mail.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator

from latchkey.wiring import collect_rarely
from tests.bench.bars import Row, row
from tests.bench.links_cost import cost
from tests.bench.links_cpu import cpu
from tests.bench.links_rate import used
from tests.bench.links_run import Run, pages_of
from tests.bench.null_aws import NullAws

COMPARED, LARGE = 2_000, 20_000  # people
RATES = {10.0**9: "an account without a limit", 200.0: "200 mails a second", 50.0: "50", 14.0: "14", 1.0: "1 (SES's sandbox)"}
SERVICES = {"dynamodb": "DynamoDB", "sqs": "SQS", "sesv2": "SES", "kms": "KMS"}


def main() -> Iterator[Row]:
    """The rows of the table, as they come."""
    os.environ |= {"AWS_DEFAULT_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    collect_rarely()  # as in a deployed function
    schools = {size: pages_of(size) for size in (200, COMPARED, LARGE)}
    Run(200, schools[200]).measure()  # warms caches of botocore up
    rows, logs = _calls(schools)
    yield from rows
    yield _hashes()
    for key, rate, people in (("cost_slow", 14.0, 2_000), ("cost_fast", 200.0, 4_000)):
        yield from cost(key, rate, people, logs)
    for rate, people in ((14, 2_000), (50, 2_000), (200, 20_000)):
        yield used(rate, people)
    yield from cpu()


def _calls(schools: dict[int, list[bytes]]) -> tuple[list[Row], float]:
    """Calls per link, and how many bytes of logs one makes. They are the same in every run."""
    rows, logs = [], 0.0
    for rate, words in RATES.items():
        for size, pages in schools.items():
            if (size == 200 and rate < 10**9) or (size == LARGE and rate == 1):
                continue
            run = Run(size, pages, rate).measure()
            calls, logs = run.aws.calls.total() / size, run.logs / size
            key = {200.0: "calls_fast", 50.0: "calls_fast", 14.0: "calls_slow"}.get(rate, "") if size == LARGE else ""
            met = calls <= {"calls_fast": 0.06, "calls_slow": 0.12}[key] if key else None
            got = f"{calls:.4f} ({_by_service(run.aws, size)})"
            rows.append(row(f"AWS calls per link at {size:,} people, {words}", got, calls, met=met, of=key))
    return rows, logs


def _by_service(aws: NullAws, size: int) -> str:
    counts: Counter[str] = Counter()
    for call, count in aws.calls.items():
        counts[SERVICES[call.split(".")[0]]] += count
    return ", ".join(f"{name} {counts[name] / size:.4f}" for name in SERVICES.values())


def _hashes() -> Row:
    loaded = "argon2" in sys.modules
    got = "its library was loaded" if loaded else "none: its library was never loaded"
    return row("argon2id while links are planned and delivered", got, int(loaded), met=not loaded, of="argon2")
