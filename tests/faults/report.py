"""What became of everybody, in figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.world import START, World


@dataclass(frozen=True)
class Report:
    """The end of a world. ``used``: the part of the rate that went while mails were left."""

    people: int
    state: str
    states: Counter[str]
    counted: Mapping[str, int]
    refused: int
    lost: int
    twice: int
    ambiguous: int
    other_links: int
    rate: float
    fullest_second: int
    used: float
    seconds: int
    table_calls: int
    faults: Counter[str]


def report(world: World) -> Report:
    """Read the ledger and SES's own book."""
    reader = world.wiring("plan_send")
    table_calls = world.calls.total()
    world.dynamo.before = lambda operation: None
    send = reader.sends("northbridge").get(world.send.id)
    assert send is not None
    states: Counter[str] = Counter()
    lost = 0
    for chunk in reader.ledger("northbridge").chunks(send.id):
        states.update(chunk.counts())
        lost += sum(mail.state == "sent" and mail.to not in world.ses.links for mail in chunk.mails)
    calls = sorted(world.ses.begun)
    (first, _), *others = calls
    links = world.ses.links.values()
    return Report(
        people=len(world.people),
        state=send.state,
        states=states,
        counted=send.counts,
        refused=len(world.ses.refused),
        lost=lost,
        twice=sum(len(each) - 1 for each in links),
        ambiguous=world.ses.ambiguous,
        other_links=sum(len(set(each)) > 1 for each in links),
        rate=world.ses.rate,
        fullest_second=fullest_second(calls),
        used=sum(mails for _, mails in others) / (others[-1][0] - first) / world.ses.rate,
        seconds=(send.finished_at or 0) - START,
        table_calls=table_calls,
        faults=world.seen + world.ses.seen,
    )


def fullest_second(calls: list[tuple[float, int]]) -> int:
    """The mails of the fullest second by when their calls began."""
    fullest = inside = begin = 0
    for at, mails in calls:
        inside += mails
        while calls[begin][0] <= at - 1:
            inside -= calls[begin][1]
            begin += 1
        fullest = max(fullest, inside)
    return fullest
