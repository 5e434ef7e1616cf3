"""Look at a school: its people by the roll, its admins, its rosters, its messages, how its mail fares, its notice.

Five calls besides the roll's, whatever the size of the school, and two where it has single sign-on. A part that cannot be read
is not seen, and the rest is.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from latchkey.errors import TryLater
from latchkey.people.model.person import Person
from latchkey.preflight.look_at_sso import look_at_sso
from latchkey.preflight.model.facts import People, SchoolFacts, Seen, Sends, Unseen
from latchkey.preflight.needs import System
from latchkey.preflight.stores.kept_looks import Brief
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.rosters.model.runs import Run
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import DAY, School
from latchkey.second_factors.model.asked import has_factor
from latchkey.sends.model.approval import waits
from latchkey.sends.model.send import Send

LATEST: Final = 50
"""Messages, and rosters, among which those are looked for that matter: the newest, one call each."""
LINKS_END: Final = 2 * DAY
CODES_END: Final = 7 * DAY
_NOTHING: Final = Brief.nothing()
T = TypeVar("T")


def look_at_school(system: System, school: School) -> tuple[SchoolFacts, Brief]:
    """The school's facts, and what is kept of earlier looks."""
    now, slug = system.now(), school.slug
    roll = _seen(lambda: read_roll(system, slug, school))
    admins = [] if isinstance(roll, Unseen) else roll.admins
    brief = _seen(lambda: system.kept_looks.brief(slug, [each.id for each in admins]))
    known = _NOTHING if isinstance(brief, Unseen) else brief
    blind = isinstance(roll, Unseen) or isinstance(brief, Unseen)
    facts = SchoolFacts(
        people=roll if isinstance(roll, Unseen) else _people(roll, now, len(admins)),
        without_factor=Unseen("silent") if blind else _without_factor(school, known.people),
        must_have_factor=school.settings.second_factor == "required",
        roster_at=_seen(lambda: _roster_at(system.rosters(slug).page(limit=LATEST)[0])),
        sends=_seen(lambda: _sends(system.sends(slug).page(limit=LATEST)[0])),
        silent=brief if isinstance(brief, Unseen) else tuple(known.domains.silent(now)),
        notice=PageNotice.of(school.settings),
        providers=_seen(lambda: look_at_sso(system, school)),
    )
    return facts, known


def _seen(read: Callable[[], T]) -> Seen[T]:
    try:
        return read()
    except TryLater:
        return Unseen("silent")


def _people(roll: Roll, now: int, admins: int) -> People:
    active = [(one, code, len(people)) for (one, people), code in roll.judged() if one.status == "active"]
    return People(
        total=sum(many for _, _, many in active),
        reachable=sum(many for one, _, many in active if one.email is not None and one.marked is None),
        unreachable=sum(many for _, code, many in active if code == "no_address"),
        links_end=sum(many for one, code, many in active if code == "link_unused" and _link_ends(one, now)),
        codes_end=sum(many for one, code, many in active if code == "code_unused" and _code_ends(one, now)),
        admins=admins,
    )


def _link_ends(entry: Entry, now: int) -> bool:
    return entry.link is not None and now < entry.link.expires_at <= now + LINKS_END


def _code_ends(entry: Entry, now: int) -> bool:
    """A student's PIN; a parent's code is their child's, which is a student's of its own."""
    return entry.pin is not None and now < entry.pin.expires_at <= now + CODES_END


def _without_factor(school: School, admins: Iterable[Person]) -> int:
    return sum(not has_factor(school, admin) for admin in admins if admin.is_admin and admin.status == "active")


def _roster_at(runs: Sequence[Run]) -> int | None:
    """When the newest roster was applied."""
    applied = [run.finished_at or run.created_at for run in runs if run.step == "apply" and run.state == "finished"]
    return max(applied, default=None)


def _sends(sends: Sequence[Send]) -> Sends:
    still = [send for send in sends if send.state in {"queued", "running", "paused"}]
    held: dict[str, int] = {}
    for send in still:
        if send.waiting and send.state != "paused":
            held[send.waiting] = held.get(send.waiting, 0) + 1
    paused = [send for send in still if send.state == "paused" and not waits(send)]
    return Sends(
        to_approve=sum(waits(send) for send in still),
        braked=sum(send.was_braked for send in paused),
        paused=sum(not send.was_braked for send in paused),
        held=held,
    )
