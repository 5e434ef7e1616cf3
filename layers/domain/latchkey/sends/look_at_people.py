"""Look at the people of a message before it goes: who gets a mail, and who gets none for which reason, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass

from latchkey.people.model.matched import Member
from latchkey.roll.model.entry import Entry
from latchkey.schools.model.school import School
from latchkey.sends.find_recent import recent_sends
from latchkey.sends.look_up_invitees import LookUp, as_known
from latchkey.sends.model.send import Kind, Selection, Skip, skip_reason
from latchkey.sends.needs import System
from latchkey.sends.parents_of_leavers import with_parents_of_leavers
from latchkey.sends.plan_invitations import decide
from latchkey.sends.start_send import meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody who is meant. ``reason``: why they get no mail, None if they get one; ``person`` is None who has no account, and
    what the roll has of others.

    ``children``: of an invitation, the ids of the children that it names.
    """

    name: str
    email: str
    reason: Skip | None
    person: Member | None = None
    children: tuple[str, ...] = ()
    language: str | None = None


def look_at_people(
    system: System, school: School, selection: Selection, kind: Kind, *, reason: str | None = None
) -> Iterator[Row]:
    """Everybody whom a message means, as far as the roll knows: what is decided is decided when it is sent.

    ``reason``: only those who get no mail for it; empty: those who get one.
    """
    sent = recent_sends(system, school.slug, selection.skip_sent_within, system.now())
    look = as_known(system, school)
    if kind == "parent_invitation":
        yield from (row for row in _invited(look, selection, sent) if reason is None or (row.reason or "") == reason)
        return
    found, _ = meant(system, school, selection, look.people)
    if reason in {"", "sent_recently"}:  # of a hundred thousand whom a message has just reached, the others are soon found
        found = (person for person in found if (person.id in sent) == (reason != ""))
    for person in with_parents_of_leavers(found, look.people):
        why = skip_reason(person, school, selection, sent, kind)
        if reason is None or (why or "") == reason:
            yield Row(name=school.name_of(person), email=person.email or "", reason=why, person=person)


def _invited(look: LookUp[Entry], selection: Selection, sent: frozenset[str]) -> Iterator[Row]:
    decided = decide(look, selection, sent)
    for box in decided.invited.values():
        children = tuple(child for child in box.children if decided.here.get(child))
        language = next(iter(box.languages)) if len(box.languages) == 1 else None
        yield Row(name=", ".join(box.names.values()), email=box.email, reason=None, children=children, language=language)
    for name, email, why in decided.skipped():
        yield Row(name=name, email=email, reason=why)
