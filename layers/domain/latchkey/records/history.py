"""What is known to have happened to one person: a time line from the audit trail, the ledger and the person, within bounds.

Nothing is kept by person but the person: the trail and the ledger are read from their newest end, and only so far that it costs
what a page may cost. So old entries fall out of it, and ``complete`` says whether there may be more. What is of the last second
may be missing, too: reading so costs half.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from latchkey.people.model import people_filter
from latchkey.people.model.person import Person
from latchkey.records.needs import System
from latchkey.records.the_person import the_person
from latchkey.schools.model.school import School
from latchkey.sends.model.in_words import reasons_of
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.name_sends import name_sends

MOST: Final = 100
"""Entries of a time line."""
# Together they cost five calls and less than 50 RRU in a school where all is full: a chunk of 50 mails takes up to 4 kB.
_EVENTS: Final = 250
_SIGN_INS: Final = 100
_SENDS: Final = 20
_REQUESTS: Final = 16  # what people have asked for themselves
_FURTHER: Final = 24  # chunks of sends in which the person may stand, beside the first of each: a message to 1,200 people
# What somebody does for themselves; the rest of what they do is about others.
_THEIRS: Final = frozenset({"code.use", "password.set", "sign_in.done"})

_EVENT_OF: Final = {"signed_in": "sign_in.done", "password_set": "password.set"}  # what says the same, and more of it


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """``what`` is an action of the audit trail, ``mail.<state>``, or a fact of the person; ``by`` an id, or a part of the system.

    ``at`` in epoch seconds. ``detail``: which fields, or which send and what became of the mail; no address, no code.
    """

    at: int
    what: str
    by: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Entries, newest first. ``complete``: all that is kept was read."""

    items: list[Entry]
    complete: bool


def history(system: System, school: School, person: str, known: Person | None = None) -> History:
    """The time line of a person; ``NotFound`` where this school has no such person. ``known``: who was read just now."""
    found = known or the_person(system, school.slug, person)
    deeds, older = system.audit(school.slug).page(limit=_EVENTS, kind="deeds", eventual=True)
    own, earlier = system.audit(school.slug).page(limit=_SIGN_INS, kind="sign_ins", eventual=True)
    mails = _Mails(system, school, found)
    entries = [
        *(
            Entry(event["at"], event["action"], event["actor"], str(event["facts"].get("fields", "")))
            for event in (*deeds, *own)
            if found.id in event["facts"].values() or (event["actor"] == found.id and event["action"] in _THEIRS)
        ),
        *mails.entries(),
    ]
    said = {entry.what for entry in entries}
    shown = sorted([*entries, *(fact for fact in _facts(found) if _EVENT_OF.get(fact.what) not in said)], reverse=True)
    return History(shown[:MOST], complete=older is None and earlier is None and mails.complete and len(shown) <= MOST)


def _facts(person: Person) -> Iterator[Entry]:
    """What the person's own item says: the last of each kind."""
    if person.last_login_at is not None:
        yield Entry(person.last_login_at, "signed_in", person.id)
    if person.password_set_at is not None:
        yield Entry(person.password_set_at, "password_set", person.id)
    if person.former_email is not None:
        yield Entry(person.former_email.at, "email_replaced", "")
    if person.mail_problem is not None:
        yield Entry(person.mail_problem.at, f"address_{person.mail_problem.kind}", "mail_feedback")
    for code, words in ((person.pin, "PIN"), (person.parent_code, "parent code")):
        if code is not None and code.given_at:
            yield Entry(code.given_at, "code_given", "", words)


@dataclass(slots=True)
class _Mails:
    """The mails to a person in the latest sends and requests. ``complete``, once read: there can be no others."""

    system: System
    school: School
    person: Person
    complete: bool = True

    def entries(self) -> list[Entry]:
        """One for each mail, as it is by now."""
        sends, more = self.system.sends(self.school.slug).page(limit=_SENDS, eventual=True)
        asked, further = self.system.sends(self.school.slug).page(limit=_REQUESTS, origin="person", eventual=True)
        self.complete = more is None and further is None
        meant = [send for send in (*sends, *asked) if send.chunks and _may_mean(send, self.person)]
        wanted = _chunks_of(meant)
        chunks = self.system.ledger(self.school.slug).all_chunks(wanted, eventual=True)
        mails = {send.id: _in(chunks.get(send.id, ()), self.person.id) for send in meant}
        self.complete = self.complete and all(mails[send.id] or (send.id, send.chunks) in wanted for send in meant)
        found = [(send, mail) for send in meant if (mail := mails[send.id]) is not None]
        names = name_sends(self.system, self.school, [send for send, _ in found if send.origin == "admin"])
        return [_entry(send, mail, names.get(send.id, "")) for send, mail in found]


def _chunks_of(sends: Sequence[Send]) -> list[tuple[str, int]]:
    """The chunks that are looked at: the first of each send, and of the newest those that follow, as long as there is room."""
    left, wanted = _FURTHER, list[tuple[str, int]]()
    for send in sends:
        further = min(send.chunks - 1, left)
        left -= further
        wanted += [(send.id, number) for number in range(1, further + 2)]
    return wanted


def _may_mean(send: Send, person: Person) -> bool:
    """Whether the person can stand in a send. A group may be another than it was, a role hardly is."""
    selection = send.selection
    if send.origin == "person" or selection.source is not None:
        return True
    if selection.chosen is not None:
        return True
    if selection.filter is None:
        return person.id in selection.ids
    return person.role in people_filter.parse(selection.filter).looked_through


def _in(chunks: Sequence[Chunk], person: str) -> Mail | None:
    mails = (mail for chunk in chunks for mail in chunk.mails)
    return next((mail for mail in mails if any(account.person == person for account in mail.accounts)), None)


def _entry(send: Send, mail: Mail, name: str) -> Entry:
    why = reasons_of(send).get(mail.reason or "", "")
    detail = "; ".join(filter(None, (name or send.kind.replace("_", " "), why)))
    return Entry(mail.at or send.created_at, f"mail.{mail.state}", send.created_by, detail)
