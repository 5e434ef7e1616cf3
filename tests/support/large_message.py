"""A message to everybody of a large school, with its whole ledger, and the outline that a worker has made of it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Final

import keep_roll.handler as door
from latchkey.mail.model.account import CHUNK_MAILS, MailAccount
from latchkey.people.model.person import Person
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.send import Chunk, Kind, Mail, Send
from latchkey.shared.model.ids import new_id
from tests.support.console import HEAD, Console
from tests.support.costs import SCHOOL
from tests.support.large_school import copy_of
from tests.support.streams import Streams

LOOKS: Final[list[dict[str, str]]] = [
    {"show": "delivered"},
    {"show": "not_used"},
    {"show": "password_set"},
    {"show": "came_back"},
    {"show": "failed"},
    {"show": "skipped"},
    {"state": "failed", "reason": "refused"},
    {"q": "khan"},
    {"q": "a"},
    {"q": "zzzzqq"},
    {"q": "khan", "show": "came_back"},
    {"q": "someone.999", "show": "not_used"},
]
"""What is asked of its people besides all."""


def large_message(console: Console, streams: Streams, thousands: int, kind: Kind = "password_link") -> str:
    """The id of a message to so many thousand students: most mails arrived, one in a thousand came back, the last one failed."""
    wiring = console.system.wiring("deliver_links")
    now = wiring.now()
    send = Send(id=new_id(now), kind=kind, state="finished", origin="admin", created_at=now, created_by=HEAD)
    people = (copy_of(number, place) for place in range(thousands) for number in range(1_000))
    chunks = [
        Chunk(send=send.id, number=number, origin="admin", mail="welcome", expires_at=now + 9, mails=mails, state="done")
        for number, mails in enumerate(_parts(people, now, thousands * 1_000), start=1)
    ]
    counts = dict[str, int]()
    for chunk in chunks:
        for state, count in chunk.counts().items():
            counts[state] = counts.get(state, 0) + count
    wiring.ledger(SCHOOL).write_chunks(chunks)
    made = replace(send, chunks=len(chunks), total=thousands * 1_000, counts=counts, finished_at=now)
    assert console.system.wiring("console").sends(SCHOOL).make(made)
    while streams.take():  # the roll of a large school knows nothing of it: it lies ready
        pass
    console.system.wiring("plan_send").outlines(SCHOOL).want(made, now)
    while event := streams.take():
        door.handle(event, None)
    return send.id


def _parts(people: Iterator[Person], now: int, total: int) -> Iterator[tuple[Mail, ...]]:
    mails = (_mail(person, place, now, total) for place, person in enumerate(people, start=1))
    while part := tuple(islice(mails, CHUNK_MAILS)):
        yield part


def _mail(person: Person, place: int, now: int, total: int) -> Mail:
    facts: dict[str, Any] = {"person": person.id, "role": "student", "login": person.username, "version": 0, "stamp": "s" * 22}
    mail = Mail(to=person.email or "", accounts=(MailAccount(name=person.name, **facts),))
    if place == total:
        return mail.with_fact(Fact("failed", "refused", now))
    if person.email is None:
        return mail.with_fact(Fact("skipped", "no_address", now))
    return mail.with_fact(Fact("bounced", "hard", now) if place % 1_000 == 502 else Fact("delivered", None, now))
