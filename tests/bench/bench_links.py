"""Password links: AWS calls, CPU and cost of a link, through the doors of plan_send and deliver_links, at chunks of 50.

Both doors run as they do in Lambda, botocore included; only the network is cut off (``null_aws``). People are students with a
username and an address of their own, so that a link is a mail. Beside it, in the same run and as often, in turns: Django 5.2's
form, a plain loop over everybody with Django, and the obvious design on AWS. Everybody is warmed up before; of each the quietest
run counts, because what else the machine does only ever adds. Where valgrind is here, instructions decide instead of time.
"""

import gc
import os
import sys
from collections import Counter, defaultdict

from latchkey.wiring import collect_rarely
from tests.bench.bars import Row, not_here, row
from tests.bench.instructions import of_one_pass
from tests.bench.links_cost import cost
from tests.bench.links_others import django, django_command, naive, sink
from tests.bench.links_rate import used
from tests.bench.links_run import Run, pages_of
from tests.bench.null_aws import NullAws
from tests.bench.peers import Missing, use_peers, with_peers

COMPARED, LARGE, LARGEST = 2_000, 20_000, 100_000  # people
ROUNDS = 3
FORMS = 300  # people whom Django mails by its form, which is linear and decides nothing
COUNTED, FEW = 1_000, 300  # people for whom instructions are counted, of ours and of Django's
RATES = {10.0**9: "an account without a limit", 200.0: "200 mails a second", 50.0: "50", 14.0: "14", 1.0: "1 (SES's sandbox)"}
SERVICES = {"dynamodb": "DynamoDB", "sqs": "SQS", "sesv2": "SES", "kms": "KMS"}
OTHERS = {
    ("loop", "SMTP"): "a plain Django loop over SMTP (one query, one connection, templates loaded once)",
    ("loop", "memory"): "the same loop in memory",
    ("form", "SMTP"): "Django 5.2's PasswordResetForm for each person, over SMTP",
    ("form", "memory"): "the same form in memory",
    ("naive", ""): "one message, one put and one mail for each person",
}


def main() -> list[Row]:
    """The rows of the table."""
    os.environ |= {"AWS_DEFAULT_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    collect_rarely()  # as in a deployed function
    schools = {size: pages_of(size) for size in (200, COMPARED, LARGE)}
    Run(200, schools[200]).measure()  # warms caches of botocore up
    gc.freeze()  # the schools are the bench's, not the functions'
    rows, logs = _calls(schools)
    with sink() as port:
        rows += _cpu(schools, port)
        rows += _counted(port)
    rows.append(_hashes())
    rows += [used(14, 2_000), used(50, 2_000), used(200, 20_000)]
    for key, rate, people in (("cost_slow", 14.0, 2_000), ("cost_fast", 200.0, 4_000)):
        rows += cost(key, rate, people, logs)
    return rows


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


def _cpu(schools: dict[int, list[bytes]], port: int) -> list[Row]:
    """Ours and the others, as often, in turns."""
    largest = pages_of(LARGEST)
    gc.freeze()
    ours: dict[int, list[Run]] = defaultdict(list)
    others: dict[tuple[str, str], list[float]] = defaultdict(list)
    why: Missing | None = None
    naive_calls = 0.0
    for _ in range(ROUNDS):
        for size, pages in [*schools.items(), *[(LARGEST, largest)][: not ours[LARGEST]]]:
            ours[size].append(Run(size, pages).measure())
        for way, over in OTHERS:
            try:
                if way == "naive":
                    taken, aws = naive(COMPARED)
                    naive_calls = aws.calls.total() / COMPARED
                else:
                    taken = django(way, COMPARED if way == "loop" else FORMS, port if over == "SMTP" else 0)
                others[way, over].append(taken)
            except Missing as missing:
                why = missing
    best = {size: min(done, key=lambda run: run.seconds) for size, done in ours.items()}
    each = {size: run.seconds / size * 1e6 for size, run in best.items()}
    rows = []
    for size, run in best.items():
        plan = run.plan / size * 1e6
        got = f"{each[size]:.0f} µs (plan {plan:.0f}, delivery {each[size] - plan:.0f})"
        rows.append(row(f"CPU per link at {size:,} people", got, each[size]))
    for other, words in OTHERS.items():
        what = f"CPU per link at {COMPARED:,} people, to {words}"
        if not others[other]:
            rows.append(not_here(what, why))
            continue
        theirs = min(others[other])
        got = f"{each[COMPARED] / theirs:.3f} x ({each[COMPARED]:.0f} to {theirs:,.0f} µs)"
        rows.append(row(what, got + f", {naive_calls:.1f} calls" * (other[0] == "naive"), each[COMPARED] / theirs))
    growth = each[LARGEST] / each[COMPARED]
    got = f"{growth:.2f} x ({each[LARGEST]:.0f} to {each[COMPARED]:.0f} µs)"
    rows.append(row(f"CPU per link at {LARGEST:,} people to {COMPARED:,}", got, growth, met=growth <= 1.1, of="growth"))
    return rows


def _counted(port: int) -> list[Row]:
    """Instructions per link, of ours and of the loop over SMTP: the same however busy the machine is."""
    what = f"instructions per link at {COUNTED:,} people, to a plain Django loop over SMTP"
    try:
        use_peers()
        ours = of_one_pass([sys.executable, "-m", "tests.bench.links_run", str(COUNTED)]) / COUNTED
        theirs = of_one_pass(django_command("loop", FEW, port), with_peers()) / FEW
    except Missing as missing:
        return [not_here(what, missing, "cpu")]
    got = f"{ours / theirs:.3f} x ({ours / 1000:,.0f} to {theirs / 1000:,.0f} thousand)"
    return [row(what, got, ours / theirs, met=ours / theirs <= 0.25, of="cpu")]


def _hashes() -> Row:
    loaded = "argon2" in sys.modules
    got = "its library was loaded" if loaded else "none: its library was never loaded"
    return row("argon2id while links are planned and delivered", got, int(loaded), met=not loaded, of="argon2")
