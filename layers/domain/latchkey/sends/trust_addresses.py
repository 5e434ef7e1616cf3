"""Trust addresses that mail came back from: "the address is right, try again". The mark that skips their people is taken.

One person's is taken at once, together with those of people who share the address. Everybody's of a domain is a worker's: it
reads the school's people some pages at a time, writes down how far it is, and puts its message again until all are read, so a
school of 100,000 people costs a few messages. Whatever is done twice takes nothing twice. Who has called mail spam stays left
alone, whatever an admin says of the address.

SES keeps a list of its own for complaints only (template.yaml, ``MailConfiguration``): addresses that mail came back from are not
on it, so there is nothing to take them from.
"""

from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from latchkey.errors import Conflict, NotFound, Poison, TooMany
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.people.model.position import Position
from latchkey.sends.model.domains import domain_of
from latchkey.sends.model.trust import Trust
from latchkey.sends.needs import System
from latchkey.shared.model.ids import new_id

PAGES: Final = 20
"""Pages of the list of people that one message reads, a megabyte each: some 30,000 people."""
AT_ONCE: Final = 5
"""Domains of a school that may be under way: each reads the whole list of people."""
_STALE: Final = 600  # seconds after which an unfinished one is put on the queue once more if it is asked for again


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trust of a domain as it is now, and whether this request has begun it."""

    trust: Trust
    new: bool


def trust_person(system: System, school: str, admin: Person, person_id: str) -> int:
    """Take the mark of one person, and of those who share the address, as they got it together; how many had one.

    ``NotFound``; ``Conflict`` if they have called mail spam.
    """
    directory = system.directory(school)
    person = directory.person(person_id)
    if person is None:
        raise NotFound()
    if person.problem == "complained":
        raise Conflict(
            "This person has called mail from the school spam, so no more goes out to the address. Nothing was changed.",
            code="complained",
        )
    if person.problem is None or person.email_key is None:
        return 0
    sharing = {each.id: each for each in (person, *directory.by_email_key(person.email_key)) if each.problem == "bounced"}
    taken = directory.take_mail_problems(sharing.values())
    if taken:
        system.audit(school).record(admin.id, "mail.trust", system.now(), {"person": person.id, "taken": taken})
    return taken


def trust_domain(system: System, school: str, admin: Person, domain: str) -> Trusted:
    """Have the marks of everybody of a domain taken. While that is under way, asking again begins no other.

    ``TooMany`` while several other domains are.
    """
    trusts, now = system.trusts(school), system.now()
    recent, _ = trusts.page()
    under_way = next((each for each in recent if each.domain == domain and each.is_under_way), None)
    if under_way is not None:
        if under_way.state == "queued" or under_way.created_at + _STALE <= now:  # its message may be lost
            _put(system, school, under_way)
        return Trusted(under_way, new=False)
    if sum(each.is_under_way for each in recent) >= AT_ONCE:
        said = f"{AT_ONCE} domains are under way already. Nothing was changed; try again in a few minutes."
        raise TooMany(said, retry_after=300)
    trust = Trust(id=new_id(now), domain=domain, created_at=now, created_by=admin.id)
    trusts.make(trust)
    system.audit(school).record(admin.id, "mail.trust", now, {"trust": trust.id})
    _put(system, school, trust)
    return Trusted(trust, new=True)


def take_marks(system: System, school: str, trust_id: str) -> Trust:
    """The next part of a domain's people; a worker's. ``Poison`` if there is no such trust."""
    trusts = system.trusts(school)
    trust = trusts.get(trust_id)
    if trust is None:
        raise Poison("a trust that does not exist")
    if not trust.is_under_way:
        return trust
    wanted, directory, done = PeopleFilter(), system.directory(school), trust
    position: Position | None = Position(wanted.looked_through[0])
    try:
        start = Position.of_parts(trust.after) if trust.after else Position(wanted.looked_through[0])
        for people, following in islice(directory.pages_from(start, wanted), PAGES):
            taken = directory.take_mail_problems(each for each in people if _is_marked(each, trust.domain))
            position = following
            done = replace(done, looked=done.looked + max(1, len(people)), taken=done.taken + taken)
    except NotFound:  # the person of the position is gone: from the beginning, which takes nothing twice
        done = replace(done, looked=done.looked + 1)
    parts = tuple(position.parts) if position else ()
    done = replace(done, state="running" if position else "finished", after=parts)
    if not trusts.move(trust, done):
        return done  # another worker goes on
    if position is not None:
        _put(system, school, done)
    else:
        facts: dict[str, str | int] = {"trust": done.id, "taken": done.taken}
        system.audit(school).record("plan_send", "mail.trusted", system.now(), facts)
    return done


def _is_marked(person: Person, domain: str) -> bool:
    return person.problem == "bounced" and domain_of(person.email or "") == domain


def _put(system: System, school: str, trust: Trust) -> None:
    system.queue("PLAN_QUEUE").put({"kind": "trust", "school": school, "trust": trust.id})
