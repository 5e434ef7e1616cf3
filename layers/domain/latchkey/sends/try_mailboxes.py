"""Try a few mailboxes: an admin asks, plan_send writes one mail for each, and the ledger says what became of them.

    console: budget ─▶ item with the addresses ─▶ queue ``requests`` (ids) ─▶ plan_send: a send of its own ─▶ ``urgent``

A message that comes twice makes the same send, which is written once. The mail goes in the school's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from latchkey.errors import Invalid, TooMany
from latchkey.mail.model.account import MailAccount
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.domains import domain_of
from latchkey.sends.model.mailbox_test import (
    FOREIGN,
    NOTHING,
    Heard,
    MailboxTest,
    domains_in_settings,
    heard_of,
    parse_addresses,
)
from latchkey.sends.model.send import Mail
from latchkey.sends.needs import System
from latchkey.sends.request_mail import Asked, Outcome, Request
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.counters import Budget

EACH_SCHOOL: Final = Budget("mailbox_tests", limit=12, window=3_600)
"""Mails of tests that a school may cause within an hour."""
SHOWN: Final = 5
_LIVES: Final = 3_600  # seconds: a test that arrives later says nothing of the evening


@dataclass(frozen=True, slots=True)
class Tried:
    """One address of a test: what is known of its mail, since when (epoch seconds), and in the other server's words."""

    to: str
    heard: Heard
    reason: str | None
    at: int
    detail: str


def start(system: System, school: School, admin: Person, fields: Mapping[str, Any]) -> MailboxTest:
    """Have addresses tried; ``Invalid`` names each that cannot be, ``TooMany`` where the hour's tests are used up."""
    wanted, now = parse_addresses(fields), system.now()
    allowed = domains_in_settings(school)
    wrong = {
        field: FOREIGN
        for address, field in wanted.items()
        if address != admin.email and domain_of(address) not in allowed and not _owners(system, school, address)
    }
    if wrong:
        raise Invalid(NOTHING, fields=wrong)
    counted = system.counters("ACTIVITY_TABLE", school.slug).count(EACH_SCHOOL, "all", now, len(wanted))
    if counted > EACH_SCHOOL.limit:
        wait = EACH_SCHOOL.window - now % EACH_SCHOOL.window
        raise TooMany(
            "This school has tried enough mailboxes within the hour. Nothing was sent; wait a little.", retry_after=wait
        )
    test = MailboxTest(id=new_id(now), created_at=now, created_by=admin.id, addresses=tuple(reversed(wanted)))
    system.mailbox_tests(school.slug).make(test)
    system.queue("REQUESTS_QUEUE").put({"kind": "mailbox_test", "school": school.slug, "request": test.id, "at": now})
    system.audit(school.slug).record(admin.id, "mail.test", now, {"request": test.id, "mails": len(wanted)})
    return test


def plan(system: System, asked: Asked) -> Outcome:
    """Write the mails of a test; a worker's."""
    test = system.mailbox_tests(asked.school).get(asked.id)
    if test is None:
        return "nobody"
    request = Request(system, asked)
    if early := request.early(_LIVES):
        return early
    mails = [
        Mail(to=address, accounts=(_account(system, request.school, address, test.created_by),), at=request.at)
        for address in test.addresses
    ]
    return request.write("mailbox_test", "test_mail", mails, {request.school.settings.language})


def newest(system: System, school: str) -> list[tuple[MailboxTest, list[Tried]]]:
    """The newest tests, and what became of each mail."""
    tests = system.mailbox_tests(school).newest(system.now(), SHOWN)
    chunks = system.ledger(school).first_chunks([test.id for test in tests])
    found = []
    for test in tests:
        chunk = chunks.get(test.id)
        mails = {mail.to: mail for mail in chunk.mails} if chunk is not None else {}
        found.append((test, [_tried(address, mails.get(address), test.created_at) for address in test.addresses]))
    return found


def _tried(address: str, mail: Mail | None, asked_at: int) -> Tried:
    if mail is None:
        return Tried(address, "waiting", None, asked_at, "")
    return Tried(address, heard_of(mail.state), mail.reason, mail.at, mail.detail)


def _owners(system: System, school: School, address: str) -> Sequence[Person]:
    keys = [lookup(system.lookup_key(school.slug, epoch), "email", address) for epoch in school.lookup_epochs]
    found = system.directory(school.slug).by_email_key(*keys)
    return [person for person in found if person.email == address and person.status == "active"]


def _account(system: System, school: School, address: str, admin: str) -> MailAccount:
    """Whose mail it is in the ledger: the address's owner, who is so taken out of it when they are erased; else the admin."""
    owners = _owners(system, school, address)
    person = owners[0].id if owners else admin
    return MailAccount(person=person, name="", role="staff", login="", version=0, stamp="")
