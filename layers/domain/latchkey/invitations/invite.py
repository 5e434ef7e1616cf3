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


def invite_by_student(system: System, school: School, student: Person, emails: Iterable[str]) -> list[Invitation]:
    """Invite mailboxes in a student's name, and have them mailed. Limits are the caller's.

    What is written stands or falls together, with its events and with what the student can see and take back of it.
    ``Invalid`` where one of them is no address.
    """
    addresses = [*dict.fromkeys(identifiers.email(each) for each in emails)]
    now, audit, wanted = system.now(), system.audit(school.slug), list[Invitation]()
    for address in addresses:
        if address is None:
            raise Invalid(fields={"email": _NO_ADDRESS})
        wanted.append(fresh(id_for(system, school, address), address, [student.id], "student", now))
    events = [
        audit.record_of(student.id, "invitation.by_student", now, {"student": student.id, "invitation": each.id})
        for each in wanted
    ]
    found = system.invitations(school.slug).unite_by_student(student.id, wanted, now, events)
    _mail(system, school, found)
    return found


def _mail(system: System, school: School, invitations: Iterable[Invitation]) -> None:
    """Have invitations mailed to their addresses. No message says an address or a name."""
    time, now = system.time(), system.now()
    system.queue("REQUESTS_QUEUE").put_many(
        {"kind": "invitation", "school": school.slug, "invitation": each.id, "request": new_id(time), "at": now}
        for each in invitations
    )


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

    ``NotFound`` if they have sent none with this id, or have taken it back.
    """
    now, facts = system.now(), {"student": student.id, "invitation": invitation}
    event = system.audit(school.slug).record_of(student.id, "invitation.take_back", now, facts)
    if not system.invitations(school.slug).take_back(student.id, invitation, now, [event]):
        raise NotFound()
