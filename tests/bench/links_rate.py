"""How much of an account's rate a send uses, on a simulated clock: eight workers, nothing going wrong, the real code."""

from typing import Any

from tests.faults.world import Odds, World

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


def used(rate: int, people: int) -> dict[str, Any]:
    """The row of one rate."""
    world = World(1, people, rate=float(rate), odds=CALM)
    world.run()
    calls = sorted(world.ses.begun)
    assert sum(mails for _, mails in calls) == people
    span = calls[-1][0] - calls[0][0]
    share = (people - calls[0][1]) / span / rate
    fullest = _fullest_second(calls)
    got = f"{share:.1%}; {fullest} mails in the fullest second, so {'no' if fullest <= rate else 'A'} throttle"
    met = share >= 0.95 and fullest <= rate
    return {
        "what": f"{rate} mails a second: how much a send to {people:,} uses",
        "bar": "≥ 95 %",
        "got": got,
        "met": met,
        "value": share,
    }


def _fullest_second(calls: list[tuple[float, int]]) -> int:
    most = inside = first = 0
    for at, mails in calls:
        inside += mails
        while calls[first][0] <= at - 1:
            inside -= calls[first][1]
            first += 1
        most = max(most, inside)
    return most
