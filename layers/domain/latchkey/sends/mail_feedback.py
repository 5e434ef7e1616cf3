"""Record SES delivery events. They come in batches; each chunk is written once a batch.

Events come unordered, repeated and late. Events about unknown mails are counted, dropped and never retried.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from latchkey.errors import Changed, NotFound, TryLater
from latchkey.people.model.person import MailProblem, Person
from latchkey.people.stores.people import Directory
from latchkey.sends.brake_school import brake_school
from latchkey.sends.model.blame import braked_for
from latchkey.sends.model.brake import brake_reason
from latchkey.sends.model.domains import Moves, moves
from latchkey.sends.model.feedback import DeliveryEvent, Unusable, read, same_address
from latchkey.sends.model.ledger import apply_event
from latchkey.sends.model.mail_states import Fact, is_hard
from latchkey.sends.model.refusals import fault_of
from latchkey.sends.model.send import Chunk, Mail, Origin
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System
from latchkey.shared.model.identifiers import lookup

_TRIES: Final = 3

_TO_COUNT: Final = 5  # seconds


@dataclass(slots=True)
class Outcome:
    """What became of a batch: ``counts`` of what was told and what was let go, and the places that have to come again."""

    counts: Counter[str] = field(default_factory=Counter)
    again: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Place:
    school: str
    send: str
    chunk: int


def record_events(system: System, bodies: Sequence[str]) -> Outcome:
    """Take a batch of events."""
    outcome = Outcome()
    told: list[tuple[int, DeliveryEvent]] = []
    for place, body in enumerate(bodies):
        try:
            told += ((place, each) for each in read(body))
        except Unusable:
            outcome.counts["unusable"] += 1
    record_told(system, told, outcome)
    return outcome


def record_told(system: System, told: Iterable[tuple[int, DeliveryEvent]], outcome: Outcome) -> None:
    """Write down what events told, each with the place of its event in the batch; ``outcome`` is added to."""
    groups: dict[_Place, list[tuple[int, DeliveryEvent]]] = {}
    for place, each in told:
        groups.setdefault(_Place(each.school, each.send, each.chunk), []).append((place, each))
    moved: dict[str, list[Moves]] = {}
    suspects: dict[tuple[str, str, Origin], set[int]] = {}
    since = _since(system, groups)
    for group, entries in groups.items():
        places = {place for place, _ in entries}
        try:
            before, chunk = _amend(system, group, [told for _, told in entries], outcome.counts, since.get(group.school, 0))
        except TryLater:
            outcome.again |= places
            continue
        if before is not None and chunk is not None:
            moved.setdefault(group.school, []).append(moves(before, chunk))
        if chunk is not None and any(_is_bad(mail) for mail in chunk.mails):
            suspects.setdefault((group.school, group.send, chunk.origin), set()).update(places)
    _count_domains(system, moved, outcome.counts)
    _judge(system, suspects, outcome)


def _since(system: System, groups: Mapping[_Place, Sequence[tuple[int, DeliveryEvent]]]) -> dict[str, int]:
    """From when on the mails of schools count for their brakes: read for those of which mail came back."""
    schools = {group.school for group, entries in groups.items() if any(_is_bad(told.fact) for _, told in entries)}
    found = {}
    for school in schools:
        with suppress(TryLater):  # counting too much is safer than losing events over it
            found[school] = system.school_hours(school).since()
    return found


def _judge(system: System, suspects: Mapping[tuple[str, str, Origin], set[int]], outcome: Outcome) -> None:
    """Pause the sends that go wrong, and what runs of schools whose day goes wrong. Only admins' sends are paused."""
    schools: dict[str, set[int]] = {}
    for (school, send, origin), places in suspects.items():
        if origin != "admin":
            continue
        schools.setdefault(school, set()).update(places)
        try:
            outcome.counts["braked"] += _brake(system, school, send)
        except TryLater:
            outcome.again |= places
    for school, places in schools.items():
        try:
            outcome.counts["braked"] += brake_school(system, school)
        except TryLater:
            outcome.again |= places


def _amend(
    system: System, group: _Place, told: list[DeliveryEvent], counts: Counter[str], since: int
) -> tuple[Chunk | None, Chunk | None]:
    """Record the events of a chunk, and of its people; the chunk before and after, None if there is no such chunk."""
    before: Chunk | None = None

    def change(found: Chunk) -> Chunk:
        nonlocal before
        before = found
        return _told(found, told)

    try:
        chunk = system.ledger(group.school).amend(group.send, group.chunk, change, system.now(), since)
    except NotFound:
        counts["unknown"] += len(told)
        return None, None
    mails = {same_address(mail.to): mail for mail in chunk.mails if mail.state != "skipped"}
    problems: dict[str, MailProblem] = {}
    for each in told:
        mail = mails.get(each.address)
        if mail is None:
            counts["foreign"] += 1
            continue
        counts[each.fact.state] += 1
        if each.fact.state == "complained":
            problems[each.address] = MailProblem("complained", each.fact.at, "")
        elif each.fact.state == "bounced" and fault_of(each.fact.reason) == "dead_address":
            problems.setdefault(each.address, MailProblem("bounced", each.fact.at, ""))
    for address, problem in problems.items():
        if chunk.mail == "parent_invitation":
            _note_at_invitation(system, group.school, mails[address], problem)
        else:
            _note_problem(system, group.school, mails[address], address, problem)
    return before, chunk


def _count_domains(system: System, moved: dict[str, list[Moves]], counts: Counter[str]) -> None:
    """Count what became of mails by domain, once a school and batch.

    The ledger moves once for each fact, so no fact is counted twice. It is written first: a worker that dies in between, or a
    table that stays busy, leaves a batch uncounted. The counts are there to show who refuses mail, and decide nothing.
    """
    for school, some in moved.items():
        found = [each for each in some if each]
        if found:
            try:
                system.persist(lambda: system.mail_domains(school).add(found, system.now()), _TO_COUNT)  # noqa: B023 - used at once
            except TryLater:
                counts["uncounted"] += 1


def _told(chunk: Chunk, told: Iterable[DeliveryEvent]) -> Chunk:
    """The chunk after its events."""
    mails = list(chunk.mails)
    places: dict[str, list[int]] = {}
    for place, mail in enumerate(mails):
        places.setdefault(same_address(mail.to), []).append(place)
    for each in told:
        found = places.get(each.address, [])
        # Of those who shared a mail one may have been left out of it: the event is about the mail that went.
        for place in [place for place in found if chunk.mails[place].state != "skipped"] or found:
            mails[place] = apply_event(mails[place], each.fact)
    return replace(chunk, mails=tuple(mails))


def _note_problem(system: System, school: str, mail: Mail, address: str, problem: MailProblem) -> None:
    """Remember that an address takes no mail from us, for everybody of the school who has it still."""
    directory = system.directory(school)
    owners = directory.by_ids(account.person for account in mail.accounts)
    emails = {person.email for person in owners if person.email and same_address(person.email) == address}
    for email in sorted(emails):
        theirs = [person for person in owners if person.email == email]
        keys = _keys(system, school, email, theirs)
        people = {person.id: person for person in (*theirs, *directory.by_email_key(*keys)) if person.email == email}
        for person in people.values():
            _mark(directory, person, problem)


def _note_at_invitation(system: System, school: str, mail: Mail, problem: MailProblem) -> None:
    """Remember that the address of an invitation takes no mail from us, and whoever has an account under it."""
    for invitation in sorted({account.person for account in mail.accounts}):
        system.invitations(school).note_problem(invitation, problem.kind)
    found, directory = system.kept_schools.get(school), system.directory(school)
    keys = [lookup(system.lookup_key(school, epoch), "email", mail.to) for epoch in (found.lookup_epochs if found else ())]
    for person in directory.by_email_key(*keys):
        if person.email == mail.to:
            _mark(directory, person, problem)


def _keys(system: System, school: str, email: str, owners: Iterable[Person]) -> list[str]:
    """The look-up keys of an address: that of its owners, and both while look-up keys are replaced."""
    found = system.kept_schools.get(school)
    epochs = found.lookup_epochs if found is not None and found.lookup_rotation == "moving" else ()
    both = [lookup(system.lookup_key(school, epoch), "email", email) for epoch in epochs]
    return list(dict.fromkeys([*both, *(person.email_key for person in owners if person.email_key)]))


def _mark(directory: Directory, person: Person, problem: MailProblem) -> None:
    """Mark a person, as they now are if their look-up key has just been replaced."""
    for _ in range(_TRIES):
        if person.email_key is None or _knows(person, problem):
            return
        if directory.note_mail_problem(person.id, replace(problem, email_key=person.email_key)):
            return
        again = directory.by_ids([person.id])
        if not again or again[0].email != person.email:
            return  # they have another address by now
        person = again[0]


def _knows(person: Person, problem: MailProblem) -> bool:
    return person.problem in {problem.kind, "complained"}


def _is_bad(mail: Mail | Fact) -> bool:
    return mail.state == "complained" or is_hard(mail.state, mail.reason)


def _brake(system: System, school: str, send_id: str) -> bool:
    """Pause a send that goes wrong; whether this did it. Once only: the state turns together with the audit event."""
    sends = system.sends(school)
    send = sends.get(send_id)
    if send is None or send.state != "running":
        return False
    reason = brake_reason(send)
    if reason is None:
        return False
    reason = braked_for(send, reason)
    facts: dict[str, str | int] = {
        **facts_of(send),
        "reason": reason,
        "mails": send.tally.out - send.braked.out,
        "bounced": send.tally.hard - send.braked.hard,
        "complained": send.tally.complained - send.braked.complained,
        "filter": send.refused.filter - send.refused_before.filter,
        "ours": send.refused.ours - send.refused_before.ours,
    }
    event = system.audit(school).record_of("mail_feedback", "send.brake", system.now(), facts)
    try:
        sends.brake(send, reason, event)
    except Changed:
        return False
    return True
