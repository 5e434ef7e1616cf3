"""The first page of the console: can everyone get in tomorrow, what runs, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from latchkey.audit.model.in_words import people_in
from latchkey.audit.read_audit import read_audit
from latchkey.login_details.model.runs import Export
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Role
from latchkey.people.model.standings import Reason
from latchkey.readiness.model.readiness import Readiness, readiness_of
from latchkey.readiness.needs import System
from latchkey.roll.model.numbers import Numbers
from latchkey.roll.name_people import names_in
from latchkey.roll.read_roll import read_roll
from latchkey.rosters.model.runs import Run
from latchkey.schools.model.school import School
from latchkey.sends.model.approval import waits
from latchkey.sends.model.send import Send

Step = Literal["load_people", "look_at_families", "watch_send", "send_links", "ask_unconfirmed", "print_details", "nothing"]
LATEST: Final = 5
LOOKED_AT: Final = 100
"""Sends among which those are looked for that wait for an approval or are under way: the newest, one call."""
_BY_LINK: Final[tuple[Reason, ...]] = ("never_sent", "link_expired", "locked")
_BY_PAPER: Final[tuple[Reason, ...]] = ("no_address", "no_address_parent", "code_expired", "dead_address", "complained")
"""Why a student gets in by a link, and by a code on paper."""
_UNDER_WAY: Final = frozenset({"queued", "running", "paused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The latest events, newest first, and the names of those whom they name by id."""

    events: list[dict[str, Any]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What an admin sees first; ``next`` is what to do, most useful first.

    ``approvals``: the sends, of the newest hundred, that wait for another admin than their maker, the oldest first.
    ``under_way``: those of them that are being sent, wait for their time, or were paused. ``people``: by role.
    """

    readiness: Readiness
    people: Mapping[Role, Numbers]
    sends: list[Send]
    exports: list[Export]
    rosters: list[Run]
    next: list[Step]
    approvals: list[Send]
    under_way: list[Send]
    activity: Activity

    def approvals_of(self, admin: str) -> list[Send]:
        """The sends that wait for this admin: not their own."""
        return [send for send in self.approvals if send.created_by != admin]

    @property
    def unconfirmed(self) -> int:
        """How many have typed an address that nobody has confirmed yet."""
        return sum(numbers.unconfirmed for numbers in self.people.values())


def overview(system: System, school: School, *, files: bool = True) -> Overview:
    """Who could log in, by the roll; the latest runs, what happened last and what to do next.

    ``files``: with the latest files of login details and rosters, which the page does not show; two reads.
    """
    slug = school.slug
    roll = read_roll(system, slug, school)
    readiness = readiness_of(roll)
    people = {role: roll.numbers(PeopleFilter(roles=(role,))) for role in ROLES}
    newest, _ = system.sends(slug).page(limit=LOOKED_AT)
    exports = system.exports(slug).page(limit=LATEST)[0] if files else []
    rosters = system.rosters(slug).page(limit=LATEST)[0] if files else []
    events = read_audit(system, slug, kind="deeds", limit=LATEST).items
    under_way = [send for send in newest if send.state in _UNDER_WAY and not waits(send)]
    return Overview(
        readiness=readiness,
        people=people,
        sends=newest[:LATEST],
        exports=exports,
        rosters=rosters,
        next=_next(people, readiness, under_way),
        approvals=[send for send in reversed(newest) if waits(send)],
        under_way=under_way[:LATEST],
        activity=Activity(events=events, names=names_in(roll, school, people_in(events))),
    )


def look(system: System, school: str) -> Readiness:
    """Who could log in tomorrow, and why the others could not."""
    return readiness_of(read_roll(system, school))


def _next(people: Mapping[Role, Numbers], readiness: Readiness, under_way: list[Send]) -> list[Step]:
    """People who sign in at the school's own page are ready, so nothing that cannot end is among these."""
    if not any(people[role].people for role in ("student", "parent")):
        return ["load_people"]
    steps: list[Step] = ["look_at_families"] if people["student"].not_mine else []
    if any(send.state in {"queued", "running"} for send in under_way):
        steps.append("watch_send")
    elif any(counts.by_code.get(reason, 0) for counts in readiness.roles.values() for reason in _BY_LINK):
        steps.append("send_links")
    if any(numbers.unconfirmed for numbers in people.values()):
        steps.append("ask_unconfirmed")
    if any(readiness.roles["student"].by_code.get(reason, 0) for reason in _BY_PAPER):
        steps.append("print_details")
    return steps or ["nothing"]
