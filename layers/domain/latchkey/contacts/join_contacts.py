"""Join a contacts export with the students of a school: rows in, parents with their children out; nothing is written here.

    students ──▶ notes ◀── rows: whose student?   then   rows of one person ──▶ a parent
                               └ nobody's: listed

Memory does not grow with the file: what has to be remembered stands in a temporary database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from latchkey.contacts.model.contact import Entry, Source, StudentRef
from latchkey.contacts.model.match import (
    NO_CONTACT,
    NOT_IN_FILE,
    REASONS,
    Match,
    all_keys,
    by_upn,
    keys_of_person,
    keys_of_row,
    known_of,
)
from latchkey.contacts.model.match import match as match_row
from latchkey.contacts.model.merge import keys_of, merged
from latchkey.contacts.model.runs import LISTED, Listed
from latchkey.contacts.needs import System
from latchkey.contacts.stores.notes import ReadingNotes
from latchkey.people.model.people_filter import PeopleFilter

_AT_ONCE: Final = 1_000
_SHOWN: Final = 5
_ROWS_NAMED: Final = 10


@dataclass(slots=True)
class Found:
    """What the rows of a file have come to. ``odd_names``: a few that show whether an old encoding was read rightly."""

    rows: int = 0
    contacts: int = 0
    unmatched: int = 0
    unusable: int = 0
    unmatched_contacts: list[Listed] = field(default_factory=list)
    unusable_rows: list[int] = field(default_factory=list)
    odd_names: list[str] = field(default_factory=list)


def know_students(system: System, school: str, notes: ReadingNotes) -> None:
    """Remember the students of the school, those who have left too: a row about one of them should say so."""
    students = system.directory(school).matching(PeopleFilter(roles=("student",)))
    while part := [(known_of(person), keys_of_person(person)) for person in islice(students, _AT_ONCE)]:
        notes.know(part)
    notes.all_known()


def take_rows(source: Source, notes: ReadingNotes, progress: Callable[[int], None]) -> Found:
    """Match all rows of a file and remember their contacts. ``progress`` hears how many rows are done."""
    found = Found()
    for entries in source.batches():
        refs = list(dict.fromkeys(entry.student for entry in entries))
        matches = _matches(refs, notes)
        kept = []
        seen = set()
        for entry in entries:
            _note_oddities(found, entry)
            matched = matches[entry.student]
            if entry.fault or not matched.student:
                _list(found, entry, matched)
                continue
            seen.add(matched.student)
            found.contacts += len(entry.contacts)
            kept += [(matched.student, contact, keys_of(contact, matched.student)) for contact in entry.contacts]
        notes.saw(seen)
        notes.keep(kept)
        progress(found.rows)
    return found


def _matches(refs: Sequence[StudentRef], notes: ReadingNotes) -> dict[StudentRef, Match]:
    """Whom each of the rows' students is: by the UPN, and where that does not say it by all else."""
    upns = notes.find_upns([ref.upn for ref in refs if ref.upn])
    matches = {ref: by_upn(ref, upns) for ref in refs}
    known = notes.find(all_keys(ref for ref, found in matches.items() if found is None))
    return {ref: found or match_row(ref, {key: known.get(key, ()) for key in keys_of_row(ref)}) for ref, found in matches.items()}


def remember_parents(school: str, notes: ReadingNotes) -> int:
    """Merge what the rows say into parents with their children, and remember these; how many they are."""
    barred, count = notes.barred(), 0
    people = notes.people()
    while part := list(islice(people, _AT_ONCE)):
        count += len(part)
        notes.keep_parents(
            [
                merged(school, rows, keys, {student: barred[student] for student, _ in rows if student in barred})
                for keys, rows in part
            ]
        )
    return count


def students_without(notes: ReadingNotes) -> tuple[int, list[Listed]]:
    """How many students have no contact, and the first of them in list order."""
    count, listed = 0, list[Listed]()
    for student, seen in notes.without():
        count += 1
        if count <= LISTED:
            listed.append(Listed(0, student, "", "", NO_CONTACT if seen else NOT_IN_FILE))
    return count, listed


def _note_oddities(found: Found, entry: Entry) -> None:
    found.rows += 1
    if entry.unusable:
        found.unusable += len(entry.unusable)
        if len(found.unusable_rows) < _ROWS_NAMED:
            found.unusable_rows.append(entry.line)
    if len(found.odd_names) < _SHOWN:
        names = (entry.student.name, *(contact.name for contact in entry.contacts))
        found.odd_names += [name for name in names if not name.isascii() and name not in found.odd_names]


def _list(found: Found, entry: Entry, matched: Match) -> None:
    """List the contacts of a row whose student was not found; a row without a contact as well."""
    reason = entry.fault or REASONS[matched.reason]
    if entry.student.wrong_upn and not entry.fault:
        reason = f"{reason} ({entry.student.wrong_upn})" if matched.reason == "upn_wrong" else reason
    names = [contact.name or next(iter(address for _, address in contact.emails), "") for contact in entry.contacts] or [""]
    for name in names:
        found.unmatched += 1
        if len(found.unmatched_contacts) < LISTED:
            found.unmatched_contacts.append(Listed(entry.line, matched.looks_like, entry.student.name, name, reason))
