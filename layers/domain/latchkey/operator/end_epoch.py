"""The operator ends every password link or every code of a school, by raising the epoch in the label of its key.

A link or code of an older epoch is refused as a forged one: nothing can tell it from one. It is for the day on which links or
codes may be in wrong hands, a school's mailbox or a box of printed slips.
"""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.codes.model.codes import Kind, state_of, works
from latchkey.errors import Changed, NotFound
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.schools.model.school import School
from latchkey.sends.model.mail_states import OUT

What = Literal["link", "code"]
_KINDS: Final[tuple[Kind, ...]] = ("pin", "parent")


@dataclass(frozen=True, slots=True)
class Ended:
    """The epoch that begins, and how many people had something that ends: a code that works, or a link that may."""

    epoch: int
    people: int


def try_to_end(system: System, school: object, what: What) -> Ended:
    """What raising the epoch would do, without doing it."""
    found = the_school(system, school)
    if what == "code":
        return Ended(found.code_epoch + 1, _with_codes(system, found))
    return Ended(found.link_epoch + 1, _with_links(system, found))


def end_epoch(system: System, school: object, what: What) -> Ended:
    """Raise the epoch: from this moment on no older link or code is accepted."""
    would = try_to_end(system, school, what)
    slug = str(school)
    try:
        epoch = system.schools.raise_epoch(slug, what, system.now())
    except Changed:
        raise NotFound("There is no such school.") from None
    facts: dict[str, str | int] = {"epoch": epoch, "people": would.people}
    system.audit(slug).record("operator", "links.end" if what == "link" else "codes.end", system.now(), facts)
    return Ended(epoch, would.people)


def _with_codes(system: System, school: School) -> int:
    """How many students have a PIN or a parent code that works."""
    now, epoch = system.now(), school.code_epoch
    students = system.directory(school.slug).matching(PeopleFilter(roles=("student",)))
    return sum(any(works(state_of(each, kind), kind, now, epoch) for kind in _KINDS) for each in students)


def _with_links(system: System, school: School) -> int:
    """How many people may have a link that still works: whose mail left in a send that moved within the longest life of a link.

    Some of them have been used by now; to know which, every ledger would have to be read.
    """
    settings = school.settings
    since = system.now() - max(settings.welcome_life, settings.reset_life, settings.forgot_life)
    sends = system.sends(school.slug).with_links_since(since)
    return sum(count for send in sends for state, count in send.counts.items() if state in OUT)
