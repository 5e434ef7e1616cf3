"""The plan of a closure: five steps in order, each with tonight's numbers, how long it takes and how far it is."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from latchkey.people.model.person import Role
from latchkey.people.model.standings import GRADES, REASONS, Code, Reason

StepName = Literal["notice", "links", "invitations", "paper", "watch"]
State = Literal["to_do", "under_way", "done", "nothing"]
"""``nothing``: there is nobody for whom this step would do anything."""
LINKED: Final[tuple[Role, ...]] = ("student", "teacher", "staff")
"""Who is sent a password link. Parents are invited instead: one mail for all their children."""
FOR_LINKS: Final[tuple[Reason, ...]] = ("never_sent", "link_expired")
FOR_PAPER: Final[tuple[Reason, ...]] = ("no_address", "no_address_parent", "dead_address", "complained", "code_expired")
WAITED_FOR: Final[tuple[Reason, ...]] = ("link_unused", "code_unused")
"""Who has what they need, and has not used it yet."""
EVERYBODY: Final[tuple[Role, ...]] = (*LINKED, "parent")
ON_A_SHEET: Final = 8
"""Slips on a sheet of A4."""
Counts = Mapping[tuple[Role, Code], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the plan is worked out from. Times in epoch seconds.

    ``counts``: people by role and by what is known of their way in. ``sending``: mails that are still to go, by kind of message.
    ``notice``: until when a notice is up or going to be (None: none; 0: without an end). ``each_second``: mails at the account's
    rate. ``printed``: whether a file of login details was made since the plan was begun.
    """

    now: int
    counts: Counts
    each_second: float
    notice: int | None = None
    sending: Mapping[str, int] = field(default_factory=dict)
    printed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step: for how many people it is, how far it is, and the seconds it takes where that is our doing."""

    name: StepName
    state: State
    count: int = 0
    seconds: int | None = None


def steps(facts: Facts) -> list[Step]:
    """The steps, in their order."""
    links = count(facts.counts, LINKED, FOR_LINKS)
    parents = count(facts.counts, ["parent"], FOR_LINKS)
    paper = count(facts.counts, ["student"], FOR_PAPER)
    waiting = count(facts.counts, EVERYBODY, WAITED_FOR)
    return [
        Step(name="notice", state="to_do" if facts.notice is None else "done"),
        _mailed("links", "password_link", links, facts),
        _mailed("invitations", "parent_invitation", parents, facts),
        Step(name="paper", state="done" if facts.printed and not paper else _state(paper), count=paper),
        Step(name="watch", state=_state(waiting), count=waiting),
    ]


def add(people: Iterable[tuple[Role, Code, int]]) -> Counts:
    """So many people of a role with a grade or reason, and so many, together."""
    found: Counter[tuple[Role, Code]] = Counter()
    for role, code, many in people:
        found[role, code] += many
    return found


def count(counts: Counts, roles: Iterable[Role], wanted: Iterable[Code]) -> int:
    """People of these roles with one of these codes."""
    codes = [*wanted]
    return sum(counts.get((role, code), 0) for role in roles for code in codes)


def sheets(students: int) -> int:
    """Sheets of slips for so many students."""
    return math.ceil(students / ON_A_SHEET)


def _mailed(name: StepName, kind: str, people: int, facts: Facts) -> Step:
    left = facts.sending.get(kind, 0)
    state: State = "under_way" if left else _state(people)
    return Step(name=name, state=state, count=people, seconds=math.ceil((left or people) / facts.each_second))


def _state(people: int) -> State:
    return "to_do" if people else "nothing"


def ready(counts: Counts) -> int:
    """How many people can log in."""
    return count(counts, EVERYBODY, GRADES)


def could(counts: Counts) -> int:
    """How many people could log in if everybody used what the steps give them, and what they have been given before."""
    return sum(counts.values()) - sum(still_out(counts).values())


def still_out(counts: Counts) -> dict[Reason, int]:
    """Why the others could not, with their numbers, in the order of the rule."""
    helped: set[tuple[Role, Code]] = {(role, code) for role in EVERYBODY for code in (*FOR_LINKS, *WAITED_FOR)}
    helped |= {("student", code) for code in FOR_PAPER}
    left = {reason: count(counts, [r for r in EVERYBODY if (r, reason) not in helped], [reason]) for reason in REASONS}
    return {reason: number for reason, number in left.items() if number}
