"""The first page of the console: numbers, what runs, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.login_details.model.runs import Export
from latchkey.people.list_people import Numbers, count_people
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Role
from latchkey.readiness.needs import System
from latchkey.rosters.model.runs import Run
from latchkey.sends.model.approval import waits
from latchkey.sends.model.send import Send

Step = Literal["load_people", "look_at_families", "watch_send", "send_links", "ask_unconfirmed", "print_details", "nothing"]
LATEST: Final = 5
LOOKED_AT: Final = 100
"""Sends among which those are looked for that wait for an approval: the newest, one call."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What an admin sees first; ``next`` is what to do, most useful first.

    ``approvals``: the sends, of the newest hundred, that wait for another admin than their maker, the oldest first.
    """

    people: Mapping[Role, Numbers]
    sends: list[Send]
    exports: list[Export]
    rosters: list[Run]
    next: list[Step]
    approvals: list[Send]

    def approvals_of(self, admin: str) -> list[Send]:
        """The sends that wait for this admin: not their own."""
        return [send for send in self.approvals if send.created_by != admin]

    @property
    def unconfirmed(self) -> int:
        """How many have typed an address that nobody has confirmed yet."""
        return sum(numbers.unconfirmed for numbers in self.people.values())

    @property
    def complete(self) -> bool:
        """Whether everybody was counted."""
        return all(numbers.complete for numbers in self.people.values())


def overview(system: System, school: str) -> Overview:
    """Numbers by role, the latest runs and what to do next. One reading of everybody, for all numbers: 1 MB a call."""
    people = {role: count_people(system, school, PeopleFilter(roles=(role,))) for role in ROLES}
    newest, _ = system.sends(school).page(limit=LOOKED_AT)
    sends = newest[:LATEST]
    exports, _ = system.exports(school).page(limit=LATEST)
    rosters, _ = system.rosters(school).page(limit=LATEST)
    approvals = [send for send in reversed(newest) if waits(send)]
    return Overview(people, sends, exports, rosters, _next(people, sends), approvals)


def _next(people: Mapping[Role, Numbers], sends: list[Send]) -> list[Step]:
    if not any(people[role].people for role in ("student", "parent")):
        return ["load_people"]
    steps: list[Step] = ["look_at_families"] if people["student"].not_mine else []
    if any(send.state in {"queued", "running"} and not waits(send) for send in sends):
        steps.append("watch_send")
    elif any(numbers.unreached for numbers in people.values()):
        steps.append("send_links")
    if any(numbers.unconfirmed for numbers in people.values()):
        steps.append("ask_unconfirmed")
    if people["student"].missing_email:
        steps.append("print_details")
    return steps or ["nothing"]
