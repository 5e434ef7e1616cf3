"""Give people other addresses, as a roster does: what was there is kept with them, and both addresses are told.

The queue hears of them before they are written: its messages are seen minutes later, and of somebody whose address was not
changed at that second they make no mail. So nobody's address is ever changed without a word, whatever dies on the way.

It may be done twice: who has the address already is not written again, but is named again to the queue, which makes no second
mail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from latchkey.email_updates.needs import System
from latchkey.errors import NotFound
from latchkey.people.model.change import PersonChange
from latchkey.people.model.edited import with_edits
from latchkey.people.model.new_email import SETTLES, former_email, is_told, notices
from latchkey.people.model.person import Person
from latchkey.shared.model.identifiers import lookup


def write_emails(system: System, school: str, wanted: Mapping[str, tuple[str | None, str | None]], since: int) -> list[str]:
    """Give people addresses: ``(before, after)`` by id. The ids of those who have neither and were left alone.

    ``since``: when the first try began; who got the address after it got it from us, and is named to the queue.
    """
    now, directory = system.now(), system.directory(school)
    found = {person.id: person for person in directory.by_ids(wanted)}
    key = _newest_key(system, school)
    changes = [
        PersonChange(person, _with(person, wanted[person.id][1], key, now))
        for person in found.values()
        if person.email == wanted[person.id][0] != wanted[person.id][1] and _is_free(person)
    ]
    there = [person for person in found.values() if person.email == wanted[person.id][1]]
    told = [*_told(there, since, now), *_told([each.after for each in changes], since, now)]
    system.queue("REQUESTS_QUEUE").put_many(notices(school, told), delay=SETTLES)
    late = system.email_changes(school).write(changes)
    again = directory.by_ids(late)  # perhaps the same request, sent twice
    done = {person.id for person in (*there, *again) if person.email == wanted[person.id][1]}
    done |= {each.before.id for each in changes} - late
    return [each for each in wanted if each not in done]


def _newest_key(system: System, school: str) -> bytes:
    found = system.schools.get(school)
    if found is None:
        raise NotFound()
    return system.lookup_key(school, found.lookup_epoch)


def _is_free(person: Person) -> bool:
    return not person.is_admin and person.status != "left"


def _with(person: Person, email: str | None, key: bytes, now: int) -> Person:
    former = former_email(person, now) if is_told(person, email) else person.former_email
    email_key = lookup(key, "email", email) if email else None
    return with_edits(person, replace(person, email=email, email_key=email_key, former_email=former))


def _told(people: list[Person], since: int, now: int) -> Iterator[tuple[int, str]]:
    """``(when, id)`` of those who have a password, and get or got their address in this run."""
    for person in people:
        former = person.former_email
        if person.password_set_at is not None and former is not None and since - SETTLES < former.at <= now:
            yield former.at, person.id
