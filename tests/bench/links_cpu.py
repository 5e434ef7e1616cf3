"""CPU per link: ours against what others would write, and at 100,000 people against 2,000.

Each side is a process of its own, and whom it calls is in another: AWS over HTTP for ours (``links_apart``), an SMTP server for
Django. In turns; of each the quietest pass counts, because what else the machine does only ever adds. Where valgrind is here,
instructions decide instead of time: what a pass more takes, so that loading and preparing are left out on both sides.
"""

from collections import defaultdict
from collections.abc import Iterator

from tests.bench.bars import Row, not_here, row
from tests.bench.instructions import of_one_pass
from tests.bench.links_apart import cloud, command, environment, microseconds
from tests.bench.links_others import django, django_command, naive, sink
from tests.bench.peers import Missing, with_peers

COMPARED, LARGEST = 2_000, 100_000  # people
ROUNDS = 3
FORMS = 200  # people whom Django mails by its form, which decides nothing
LOOP = "a plain Django loop over SMTP (one query, one connection, templates loaded once)"
FORM = "Django 5.2's PasswordResetForm for each person, over SMTP"
OTHERS = {
    ("loop", "SMTP"): LOOP,
    ("loop", "memory"): "the same loop in memory",
    ("form", "SMTP"): FORM,
    ("form", "memory"): "the same form in memory",
    ("naive", ""): "one message, one put and one mail for each person",
}


def cpu() -> Iterator[Row]:
    """The rows, as they come."""
    with cloud() as aws, sink() as smtp:
        yield from _counted(aws, smtp)
        yield from _timed(aws, smtp)


def _counted(aws: int, smtp: int) -> Iterator[Row]:
    """Instructions per link, the same however busy the machine is."""
    what = f"instructions per link at {COMPARED:,} people, to {{}}"
    try:
        ours = of_one_pass(command(aws, COMPARED), environment(), few=0, many=1) / COMPARED
    except Missing as missing:
        yield not_here(what.format(LOOP), missing, "cpu")
        return
    yield _grown(aws, ours)
    for way, words, of in (("loop", LOOP, "cpu"), ("form", FORM, "")):
        people = COMPARED if way == "loop" else FORMS
        try:
            theirs = of_one_pass(django_command(way, people, smtp), with_peers(), few=0, many=1) / people
        except Missing as missing:
            yield not_here(what.format(words), missing, of)
            continue
        got = f"{ours / theirs:.3f} x ({ours / 1000:,.0f} to {theirs / 1000:,.0f} thousand)"
        yield row(what.format(words), got, ours / theirs, met=ours / theirs <= 0.25 if of else None, of=of)


def _grown(aws: int, ours: float) -> Row:
    """How many instructions more a link takes in the largest send; counting that takes ten minutes."""
    what = f"instructions per link at {LARGEST:,} people, to those at {COMPARED:,}"
    try:
        largest = of_one_pass(command(aws, LARGEST), environment(), few=0, many=1, seconds=3_600) / LARGEST
    except Missing as missing:
        return not_here(what, missing, "growth")
    got = f"{largest / ours:.2f} x ({largest / 1000:,.0f} to {ours / 1000:,.0f} thousand)"
    return row(what, got, largest / ours, met=largest / ours <= 1.1, of="growth")


def _timed(aws: int, smtp: int) -> Iterator[Row]:
    """µs of CPU, the kernel's included: ours and the others', as often, in turns."""
    ours, others = list[float](), defaultdict[tuple[str, str], list[float]](list)
    largest = 0.0
    why: Missing | None = None
    calls = 0.0
    for _ in range(ROUNDS):
        ours.append(microseconds(aws, COMPARED, 2))
        largest = largest or microseconds(aws, LARGEST, 1)
        for way, over in OTHERS:
            try:
                if way == "naive":
                    taken, made = naive(COMPARED)
                    calls = made.calls.total() / COMPARED
                else:
                    taken = django(way, COMPARED if way == "loop" else FORMS, smtp if over == "SMTP" else 0)
                others[way, over].append(taken)
            except Missing as missing:
                why = missing
    mine = min(ours)
    for other, words in OTHERS.items():
        what = f"CPU per link at {COMPARED:,} people, to {words}"
        if not others[other]:
            yield not_here(what, why)
            continue
        theirs = min(others[other])
        got = f"{mine / theirs:.3f} x ({mine:.0f} to {theirs:,.0f} µs)" + f", {calls:.1f} calls" * (other[0] == "naive")
        yield row(what, got, mine / theirs)
    got = f"{largest / mine:.2f} x ({largest:.0f} to {mine:.0f} µs)"
    yield row(f"CPU per link at {LARGEST:,} people to {COMPARED:,}", got, largest / mine)
