"""Who is in Latchkey from the MIS and is not in a whole file: asked in the preview, and done only where an admin says so.

It is asked of students, teachers and staff, each where the file has such people at all. Nobody is missing who was added by hand,
is an admin, is switched off, or whose row is in the file and cannot be taken.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from latchkey.office_files.csv import MARK, block
from latchkey.people.model.change import PersonChange
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person, Role
from latchkey.people.model.position import Position
from latchkey.rosters.look_through import Decided, Reading
from latchkey.rosters.model.gone import MISSING
from latchkey.rosters.model.questions import Asks, Concerned
from latchkey.rosters.model.runs import Run
from latchkey.rosters.model.to_mend import MEDIA_TYPE, missing_key
from latchkey.rosters.model.undo import Note
from latchkey.rosters.needs import System
from latchkey.rosters.note_before import NotesBefore
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.shared.model.ids import person_id

REACHED: Final = "reached"
"""The subject of notes of people whom a row means under another id than theirs."""
_ROLES: Final[tuple[Role, ...]] = ("student", "teacher", "staff")
_SHOWN: Final = 20
_COLUMNS: Final = ("mis_id", "role", "given_name", "family_name", "year_group", "registration_group")
_AT_ONCE: Final = 100


def note_reached(school: str, notes: TemporaryNotes, decided: Decided) -> None:
    """Remember whom rows mean under another id than theirs, also where that is still asked: they are not missing."""
    people = [(each.id, person_id(school, each.row.mis_id)) for each in decided.decisions if each.id]
    unclear = [(person, "") for each in decided.decisions for person in each.may_be]
    notes.keep(REACHED, [*((person, "") for person, made in people if person != made), *unclear])


def missing_of(system: System, school: str, reading: Reading, notes: TemporaryNotes) -> Iterator[Person]:
    """Everybody who is missing, as the index of people has them."""
    if not reading.source.whole:
        return
    found = {
        person.id: person for role in sorted(reading.roles & {*_ROLES}) for person in _not_seen(system, school, reading, role)
    }
    if not found:
        return
    reached = notes.find(REACHED, [*found]) if len(found) < _AT_ONCE else _reached(notes, [*found])
    standing = _ids_in_table(reading, {person.mis_id or "" for person in found.values()})
    yield from (person for person in found.values() if person.id not in reached and person.mis_id not in standing)


def _reached(notes: TemporaryNotes, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(ids), _AT_ONCE):
        found |= notes.find(REACHED, ids[start : start + _AT_ONCE])
    return found


def _not_seen(system: System, school: str, reading: Reading, role: Role) -> Iterator[Person]:
    for people, _ in system.directory(school).pages_from(Position(role), PeopleFilter(roles=(role,))):
        for person in people:
            from_mis = person.mis_id is not None and not reading.known.is_in_file(person, perhaps=True)
            if from_mis and person.status == "active" and not person.is_admin:
                yield person


def _ids_in_table(reading: Reading, wanted: set[str]) -> set[str]:
    """Those of these ids that stand in the file all the same, in rows that cannot be taken."""
    table = reading.source.people()
    word = reading.source.names.get("mis_id", "mis_id").casefold()
    words = [] if table is None else [each.casefold() for each in table.header]
    if table is None or word not in words:
        return set()
    place, found = words.index(word), set[str]()
    for _, rows, too_long in table.batches():
        found |= wanted & {row[place].strip() for row in rows}
        found |= wanted & {each.first_cell.strip() for each in too_long}
    return found


def ask_about_missing(
    system: System, school: str, run: Run, reading: Reading, notes: TemporaryNotes
) -> tuple[Asks, dict[str, int]]:
    """What to ask, and the numbers by role for the page; all of them stand in a file beside that of the rows to mend."""
    people = [*missing_of(system, school, reading, notes)]
    counts = Counter(f"missing_{person.role}" for person in people)
    if people:
        with system.rejected_files().upload(missing_key(school, run.id), MEDIA_TYPE) as file:
            file.write(MARK + block([_COLUMNS, *([getattr(each, name) or "" for name in _COLUMNS] for each in people)]))
            file.finish()
    shown = [
        Concerned(0, person.name, f"{person.role} {person.registration_group or person.year_group or ''}".strip())
        for person in people[:_SHOWN]
    ]
    return Asks(MISSING, len(people), tuple(shown)), dict(counts)


def leave_missing(system: System, school: str, people: Sequence[Person], undo: NotesBefore) -> int:
    """Mark these people as left, who are missing; how many still had to be."""
    directory = system.directory(school)
    found = [each for each in directory.by_ids(each.id for each in people) if each.status == "active" and not each.is_admin]
    undo.write([Note(person=each.id, was={"status": "active"}, now={"status": "left"}) for each in found])
    return len(found) - directory.take_over([PersonChange(each, replace(each, status="left")) for each in found], undo.pace)
