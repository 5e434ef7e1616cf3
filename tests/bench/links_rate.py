"""How much of an account's rate a send uses, on a simulated clock: the deployed number of workers, nothing going wrong, the real
code. Its own work takes a worker time too: what a mail takes of a whole processor, by the share that its memory buys."""

from tests.bench.bars import Row, row
from tests.faults.world import Odds, World
from tests.support import sam

CALM = Odds(
    throttled=0,
    lost_answers=0,
    killed_before=0,
    killed_after=0,
    killed_any_time=0,
    conflicts=0,
    busy_tables=0,
    refused=0,
    copies=1,
    poison=0,
)


PROMPT = 0.05, 0.5
"""Seconds until a poller sees a new message: Lambda's wait at the queue for one, and have it as soon as it is there."""
CPU = 0.0002
"""Seconds of a whole processor for a mail: about what a link took on a quiet machine, its plan included."""


def memory_of(function: str) -> int:
    """MB."""
    usual = sam.template()["Globals"]["Function"]["MemorySize"]
    return int(sam.functions()[function].get("MemorySize", usual))


def share_of(memory: int) -> float:
    """How much of a processor so much memory brings."""
    return min(1.0, memory / 1769)


def workers() -> int:
    """How many deliveries run at once, where nobody has said otherwise."""
    return int(sam.template()["Parameters"]["DeliverConcurrency"]["Default"])


def used(rate: int, people: int) -> Row:
    """The row of one rate, with as many workers as are deployed."""
    world = World(1, people, rate=float(rate), workers=workers(), odds=CALM)
    world.polls = PROMPT
    world.thinks = CPU / share_of(memory_of("DeliverLinksFunction"))
    world.run()
    calls = sorted(world.ses.begun)
    assert sum(mails for _, mails in calls) == people
    span = calls[-1][0] - calls[0][0]
    share = (people - calls[0][1]) / span / rate
    fullest = _fullest_second(calls)
    got = f"{share:.1%}; {fullest} mails in the fullest second, so {'no' if fullest <= rate else 'A'} throttle"
    met = share >= 0.98 and fullest <= rate
    return row(f"{rate} mails a second: how much a send to {people:,} uses, {workers()} workers", got, share, met=met, of="rate")


def _fullest_second(calls: list[tuple[float, int]]) -> int:
    most = inside = first = 0
    for at, mails in calls:
        inside += mails
        while calls[first][0] <= at - 1:
            inside -= calls[first][1]
            first += 1
        most = max(most, inside)
    return most
