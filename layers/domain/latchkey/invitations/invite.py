"""Invite a mailbox: write what it is invited to, have it mailed, show a student whom they have invited, take that back.

Nothing here says whether the address has an account: that is for whoever reads its mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from latchkey.errors import Invalid, NotFound
from latchkey.invitations.model.invitation import Invitation, Source, fresh, invitation_id
from latchkey.invitations.needs import System
from latchkey.mail.model.account import masked
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said


class Keys(Protocol):
    """Who finds a mailbox's invitation needs no more than this."""

    def lookup_key(self, school: str, epoch: int) -> bytes: ...


State = Literal["open", "over"]
_NO_ADDRESS: Final = said("Enter an e-mail address, like name@example.org.")
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation that a student has sent: to whom, in part, and when in epoch seconds. ``over``: used, too old, taken back."""

    id: str
    email: str
    at: int
    state: State


def invite(
    system: System, school: School, email: str, children: Iterable[str], source: Source, *, language: str | None = None
) -> Invitation:
    """Write that this mailbox is invited to be the parent of these students, beside what it was invited to already.

    However many invite the same mailbox at once, all their children are in it. ``Invalid`` where the text is no address.
    """
    address = identifiers.email(email)
    if address is None:
        raise Invalid(fields={"email": _NO_ADDRESS})
    now = system.now()
    wanted = fresh(id_for(system, school, address), address, children, source, now, language=language)
    return system.invitations(school.slug).unite([wanted], now)[wanted.id]


def id_for(system: Keys, school: School, email: str) -> str:
    """The id of a mailbox's invitation under the school's newest look-up key."""
    return invitation_id(system.lookup_key(school.slug, school.lookup_epoch), email)


def mail(system: System, school: School, invitation: str) -> str:
    """Have an invitation mailed to its address; the id of the request. The message says neither the address nor a name."""
    request, now = new_id(system.time()), system.now()
    message = {"kind": "invitation", "school": school.slug, "invitation": invitation, "request": request, "at": now}
    system.queue("REQUESTS_QUEUE").put(message)
    return request


def invite_by_student(system: System, school: School, student: Person, email: str) -> Invitation:
    """Invite a mailbox in a student's name, and have it mailed. Limits are the caller's.

    It is noted first that the student did it: what they have sent they can always see and take back.
    """
    address = identifiers.email(email)
    if address is None:
        raise Invalid(fields={"email": _NO_ADDRESS})
    now = system.now()
    system.invitations(school.slug).note_student(student.id, id_for(system, school, address), now)
    found = invite(system, school, address, [student.id], "student")
    event: dict[str, str | int] = {"student": student.id, "invitation": found.id}
    system.audit(school.slug).record(student.id, "invitation.by_student", now, event)
    mail(system, school, found.id)
    return found


def sent_by(system: System, school: School, student: Person) -> list[Sent]:
    """Whom a student has invited, newest first; an address only in part, and none where the invitation is over."""
    now, invitations = system.now(), system.invitations(school.slug)
    times = invitations.of_student(student.id, now)
    found = invitations.by_ids(times)
    shown = []
    for each, at in sorted(times.items(), key=lambda one: one[1], reverse=True)[:_AT_ONCE]:
        one = found.get(each)
        is_open = one is not None and one.is_open(now) and student.id in one.children
        email = masked(one.email) if one is not None and is_open else ""
        shown.append(Sent(each, email, at, "open" if is_open else "over"))
    return shown


def take_back(system: System, school: School, student: Person, invitation: str) -> None:
    """Take a student out of an invitation that they have sent, unless the school has invited the same mailbox for them.

    ``NotFound`` if they have sent none with this id. It may be done twice.
    """
    invitations, now = system.invitations(school.slug), system.now()
    if invitation not in invitations.of_student(student.id, now):
        raise NotFound()
    found = invitations.get(invitation)
    if found is not None and student.id in found.asked:
        invitations.take_child(invitation, student.id)
    invitations.drop_student(student.id, invitation, now)
    facts: dict[str, str | int] = {"student": student.id, "invitation": invitation}
    system.audit(school.slug).record(student.id, "invitation.take_back", now, facts)
