"""The plan with tonight's numbers: how many can log in, how far each step is, and whom the messages of the plan are for."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from latchkey.closure.model import plan
from latchkey.closure.model.plan import FOR_LINKS, FOR_PAPER, LINKED, WAITED_FOR, Counts, Facts, Step, add
from latchkey.closure.model.rehearsal import Begun, Rehearsal
from latchkey.closure.needs import System
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School
from latchkey.sends.forecast import USUAL
from latchkey.sends.model.figures import figures
from latchkey.sends.model.send import Selection, Send

LATEST: Final = 20
"""Messages and files that are looked at: the newest."""
_UNDER_WAY: Final = frozenset({"queued", "running", "paused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """The plan as it stands: ``ready`` of ``total`` people can log in, ``could`` could if everybody used what the steps give.

    ``under_way``: messages of the plan that are being sent or wait, the newest first. ``begun``: the closure that is being
    prepared for, if it is not over. ``others``: admins besides the one who looks, who could approve.
    """

    total: int
    ready: int
    could: int
    counts: Counts
    steps: list[Step]
    each_second: float
    under_way: list[Send]
    begun: Begun | None
    rehearsal: Rehearsal | None


def links() -> PeopleFilter:
    """Who is sent a password link: everybody but parents who has an address and no link that works."""
    return PeopleFilter(roles=LINKED, reasons=FOR_LINKS)


def invitations() -> PeopleFilter:
    """Whose parents are invited: all students'. Parents who have an account are left out by the message itself."""
    return PeopleFilter(roles=("student",))


def parents() -> PeopleFilter:
    """Parents who are known here, can be mailed and have no link that works."""
    return PeopleFilter(roles=("parent",), reasons=FOR_LINKS)


def waited_for() -> PeopleFilter:
    """Who has a link or a code and has not used it."""
    return PeopleFilter(reasons=WAITED_FOR)


def paper() -> PeopleFilter:
    """For whom slips are printed: students whom no mail reaches."""
    return PeopleFilter(roles=("student",), reasons=FOR_PAPER)


def chosen(wanted: PeopleFilter) -> Selection:
    """These people, for a message."""
    return Selection(filter=wanted.as_mapping())


def counts_of(system: System, school: School) -> Counts:
    """People by role and by what is known of their way in; who has left is not counted."""
    judged = read_roll(system, school.slug, school).judged()
    return add((one.role, code, len(people)) for (one, people), code in judged if code is not None)


def look(system: System, school: School) -> Tonight:
    """The plan now."""
    now, counts = system.now(), counts_of(system, school)
    closures = system.closures(school.slug)
    begun = closures.begun()
    begun = begun if begun is not None and begun.ends_at > now else None
    sends, _ = system.sends(school.slug).page(limit=LATEST)
    under_way = [send for send in sends if send.state in _UNDER_WAY]
    left: Counter[str] = Counter()
    for send in under_way:
        left[send.kind] += figures(send.counts).to_go or send.total or 1
    each_second = system.known_rate() or USUAL
    facts = Facts(
        now=now,
        counts=counts,
        each_second=each_second,
        notice=notice_until(school, now),
        sending=left,
        printed=begun is not None and _printed_since(system, school.slug, begun.created_at),
    )
    return Tonight(
        total=sum(counts.values()),
        ready=plan.ready(counts),
        could=plan.could(counts),
        counts=counts,
        steps=plan.steps(facts),
        each_second=each_second,
        under_way=under_way,
        begun=begun,
        rehearsal=closures.latest(),
    )


def notice_until(school: School, now: int) -> int | None:
    """Until when a notice is up, or going to be; 0 where it has no end, None where there is none."""
    notice = PageNotice.of(school.settings)
    return (notice.ends_at or 0) if notice.text and not notice.is_over(now) else None


def _printed_since(system: System, school: str, at: int) -> bool:
    exports, _ = system.exports(school).page(limit=LATEST)
    return any(each.kind == "file" and each.state == "finished" and each.created_at >= at for each in exports)
