"""What a whole file no longer says of people who are in it: found in the preview, and taken away only where an admin says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from latchkey.errors import TryLater
from latchkey.people.model.change import PersonChange
from latchkey.people.model.edited import without_marks
from latchkey.people.model.new_email import SETTLES, former_email, is_told, notices
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import keys_of, with_keys
from latchkey.rosters.look_through import Decided, Reading
from latchkey.rosters.model.gone import GONE_FACTS, GONE_LINKS, Gone, gone_facts
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.undo import Note
from latchkey.rosters.needs import System
from latchkey.rosters.note_before import NotesBefore, notes_of_links
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.shared.model.ids import person_id

_FACTS: Final = ("email", "username")


def gone_of(system: System, school: str, reading: Reading, notes: TemporaryNotes, decided: Decided) -> list[Gone]:
    """Whom of some rows the file says less of than Latchkey has."""
    if not reading.source.whole:
        return []
    columns = _columns(reading)
    names = reading.source.names
    unusable: dict[int, set[str]] = {}
    for warning in decided.warned:
        unusable.setdefault(warning.line, set()).update(name for name in _FACTS if names.get(name, name) == warning.column)
    states_links = notes.links > 0 or (reading.source.format == "plain_csv" and "links" in names)
    children = _children_gone(system, school, reading, notes, decided) if states_links else {}
    found = []
    for each in decided.decisions:
        person = each.existing
        if person is None or each.kind == "rejected" or person.is_admin or person.status == "left" or each.row.leaves:
            continue
        facts = gone_facts(each.row, person, columns, unusable.get(each.row.line, ()), reading.words)
        if facts or person.id in children:
            found.append(Gone(each.row, person, children.get(person.id, ()), facts))
    return found


def _columns(reading: Reading) -> set[str]:
    """Which of these facts the file has a column for.

    A plain file is not opened for that: it has one stream, and its rows are being read from it.
    """
    if reading.source.format == "plain_csv":
        return {name for name in _FACTS if name in reading.source.names}
    table = reading.source.people()
    words = {each.casefold() for each in table.header} if table is not None else set()
    return {name for name in _FACTS if name in words}


def _children_gone(
    system: System, school: str, reading: Reading, notes: TemporaryNotes, decided: Decided
) -> dict[str, tuple[str, ...]]:
    """By parent: children who are in the file too, and not theirs there, under none of the ids that lead to a parent."""
    parents = {
        each.existing.id: each.existing for each in decided.decisions if each.existing is not None and each.existing.children
    }
    ids = {child for parent in parents.values() for child in parent.children}
    there = {each.id: each.mis_id for each in system.directory(school).by_ids(ids) if _is_in_file(each, reading)} if ids else {}
    if not there:
        return {}
    parents_of = _parents_in_file(system, school, notes, there)
    gone = {
        parent.id: tuple(each for each in parent.children if each in there and parent.id not in parents_of[each])
        for parent in parents.values()
    }
    return {parent: some for parent, some in gone.items() if some}


def _parents_in_file(
    system: System, school: str, notes: TemporaryNotes, children: Mapping[str, str | None]
) -> dict[str, set[str]]:
    """By child: the accounts to which the ids lead that the file has for their parents. ``children``: the MIS's id of each."""
    stated = notes.parents_of([*{mis_id for mis_id in children.values() if mis_id}])
    made = {person_id(school, parent) for some in stated.values() for parent in some}
    meant = {asked: person.id for asked, person in system.directory(school).following(made).items()} if made else {}
    return {
        child: {meant.get(one := person_id(school, parent), one) for parent in stated.get(mis_id or "", ())}
        for child, mis_id in children.items()
    }


def _is_in_file(child: Person, reading: Reading) -> bool:
    return child.status != "left" and reading.known.is_in_file(child)


def ask_about_gone(found: Sequence[Gone]) -> Iterator[Asks]:
    """What to ask because of some rows."""
    links = [each for each in found if each.children]
    facts = [each for each in found if each.facts]
    yield Asks(GONE_LINKS, sum(len(each.children) for each in links), tuple(each.of_links() for each in links))
    yield Asks(GONE_FACTS, len(facts), tuple(each.of_facts() for each in facts))


def take_links(system: System, school: str, found: Sequence[Gone], undo: NotesBefore) -> int:
    """Take parents and children apart, as ``found`` says; how many links.

    Children first: while a parent still names a child the file is found to say less, and a worker that died is made good.
    """
    wanted = {each.person.id: {*each.children} for each in found if each.children}
    directory = system.directory(school)
    if not wanted:
        return 0
    people = {each.id: each for each in directory.by_ids([*wanted, *{child for some in wanted.values() for child in some}])}
    of_children, of_parents = _without_parents(people, wanted), _without_children(people, wanted)
    undo.write(notes_of_links([*of_children, *of_parents]))
    for some in (of_children, of_parents):
        if directory.link(some, undo.pace):
            raise TryLater()
    return sum(len(each.before.children) - len(each.after.children) for each in of_parents)


def _without_parents(people: Mapping[str, Person], wanted: Mapping[str, set[str]]) -> list[PersonChange]:
    """The children of ``wanted`` ({parent: children}) without these parents; who has none of them is left out."""
    children = {child for some in wanted.values() for child in some}
    changes = []
    for child in children & people.keys():
        parents = tuple(each for each in people[child].parents if child not in wanted.get(each, ()))
        changes.append(PersonChange(people[child], replace(people[child], parents=parents)))
    return [each for each in changes if each.before != each.after]


def _without_children(people: Mapping[str, Person], wanted: Mapping[str, set[str]]) -> list[PersonChange]:
    """The parents of ``wanted`` without these children; who has none of them is left out."""
    changes = []
    for parent in wanted.keys() & people.keys():
        children = tuple(each for each in people[parent].children if each not in wanted[parent])
        changes.append(PersonChange(people[parent], replace(people[parent], children=children)))
    return [each for each in changes if each.before != each.after]


def take_facts(system: System, school: str, key: bytes, found: Sequence[Gone], undo: NotesBefore) -> int:
    """Take away addresses and usernames, as ``found`` says; of how many people. Old addresses are told, as of a new one."""
    wanted = {each.person.id: each for each in found if each.facts}
    now, directory = system.now(), system.directory(school)
    changes, notes = [], []
    for person in directory.by_ids(wanted):
        as_found = wanted[person.id].person
        facts = [name for name in wanted[person.id].facts if getattr(person, name) == getattr(as_found, name) is not None]
        if not facts or person.is_admin:
            continue
        changes.append(PersonChange(person, _without(person, facts, key, now)))
        notes.append(
            Note(
                person=person.id,
                was={name: getattr(person, name) for name in facts},
                now=dict.fromkeys(facts),
                settled=tuple(name for name in facts if name in person.edited),
                link=person.used_link if "email" in facts else None,
                typed="email" in facts and person.email_typed is not None and person.email_typed == person.email_key,
            )
        )
    undo.write(notes)
    told = {
        (each.after.former_email.at, each.before.id)
        for each in changes
        if each.after.former_email is not None and is_told(each.before, each.after.email)
    }
    system.queue("REQUESTS_QUEUE").put_many(notices(school, told), delay=SETTLES)
    return len(changes) - directory.take_over(changes, undo.pace)


def _without(person: Person, facts: Sequence[str], key: bytes, now: int) -> Person:
    after = replace(with_keys(person, key), **dict.fromkeys(facts))  # type: ignore[arg-type] # both may be None
    keys: dict[str, Any] = {"email_key": None, "username_key": None, **keys_of(key, after.email, after.username)}
    after = without_marks(replace(after, **keys), facts)
    return replace(after, former_email=former_email(person, now)) if is_told(person, after.email) else after
