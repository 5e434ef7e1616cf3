"""Tell people that their e-mail address was changed: the old address and the new one, one mail each.

Nobody asked for these mails, and a roster can make thousands at once: they are delivered with the sends of schools, behind what
people wait for, at the account's rate. Who shares both addresses, as siblings do, shares the mails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from latchkey.errors import Poison
from latchkey.mail.model.account import MailName, account_of, masked
from latchkey.people.model.new_email import replaced_at
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY, School
from latchkey.sends import queue_chunks
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.needs import System
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import derived_id
from latchkey.shared.model.languages import one_for

MOST: Final = 50
"""People in a message."""


def tell_new_emails(system: System, slug: str, people: Sequence[str], at: int) -> int:
    """Tell those of these people whose address was changed ``at`` that second; how many.

    The new address is the one that they have by now. Whoever has the old one again needs no mail.
    """
    school = system.kept_schools.get(slug)
    if school is None:
        raise Poison("a school that does not exist")
    if at + DAY <= system.now():
        return 0
    groups: dict[tuple[str, str], list[Person]] = {}
    for person in system.directory(slug).by_ids(people):
        former = replaced_at(person, at)
        if former is not None:
            groups.setdefault((former.email, person.email or ""), []).append(person)
    told = sum(_plan(system, school, old, group, at) for (old, _), group in groups.items())
    if told:
        system.audit(slug).record("plan_send", "email.told", system.now(), {"people": told})
    return told


def _plan(system: System, school: School, old: str, group: Sequence[Person], at: int) -> int:
    """The mails of people who share the old address and the new one; how many people, none if it was planned before."""
    who = ",".join(sorted(person.id for person in group))
    send = derived_id(at, f"new-email/{school.slug}/{at}/{group[0].email_key}/{who}")
    language = one_for({person.language or school.settings.language for person in group}, school.settings.language)
    chunks = [
        Chunk(send=send, number=number, origin="person", mail=name, language=language, expires_at=at + DAY, mails=(mail,))
        for number, (name, mail) in enumerate(_mails(system, school, old, group, at), 1)
    ]
    if not chunks:
        return 0
    total = sum(len(mail.accounts) for chunk in chunks for mail in chunk.mails)
    planned = Send(
        id=send,
        kind="email_changed",
        state="running",
        origin="person",
        created_at=at,
        created_by="plan_send",
        total=total,
        chunks=len(chunks),
        counts={"planned": total},
    )
    made = system.sends(school.slug).make_planned(planned, chunks)
    queue_chunks.put_all(system, school.slug, send, range(1, len(chunks) + 1))  # its messages may have been lost before
    return len(group) if made else 0


def _mails(system: System, school: School, old: str, group: Sequence[Person], at: int) -> Iterator[tuple[MailName, Mail]]:
    new = group[0].email
    if new and not group[0].address_is_unconfirmed:
        yield "email_given", Mail(to=new, accounts=tuple(account_of(person, school) for person in group), at=at)
    if old and not _came_back(system, school, old, group):
        accounts = tuple(replace(account_of(person, school), login=masked(new) if new else "") for person in group)
        yield "email_replaced", Mail(to=old, accounts=accounts, at=at)


def _came_back(system: System, school: School, old: str, group: Sequence[Person]) -> bool:
    """Whether mail to the old address came back for good or was called spam, which may be why it was changed."""
    keys = {lookup(system.lookup_key(school.slug, epoch), "email", old) for epoch in school.lookup_epochs}
    return any(person.mail_problem is not None and person.mail_problem.email_key in keys for person in group)
