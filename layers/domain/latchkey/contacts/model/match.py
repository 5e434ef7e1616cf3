"""Which student a row means: by UPN, else by id where the name does not contradict; a name alone only looks like somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from latchkey.contacts.model.cells import folded
from latchkey.contacts.model.contact import StudentRef
from latchkey.people.model.person import Person
from latchkey.shared.model import folding

REASONS: Final[Mapping[str, str]] = {
    "nobody": "the row has no UPN, id or name of a student",
    "no_key": "the row has neither a UPN nor an id",
    "upn_wrong": "the UPN is not one: its check letter must fit",
    "upn_unknown": "no student here has this UPN",
    "id_unknown": "no student here has this id",
    "other_name": "the id is that of a student with another name",
    "other_upn": "the id is that of a student with another UPN",
    "twice": "two students here have this UPN or id",
    "left": "the student has left the school, or their account is switched off",
}
NOT_IN_FILE: Final = "is not in the file"
NO_CONTACT: Final = "is in the file without a contact"


class Known(NamedTuple):
    """A student here, as far as rows are compared with them."""

    id: str
    upn: str
    name: str
    year_group: str
    registration_group: str
    here: bool
    """Whether they are at the school: neither left nor switched off."""


@dataclass(frozen=True, slots=True)
class Match:
    """The student whom a row means, or why there is none (a word of ``REASONS``) and whom it looks like."""

    student: str = ""
    reason: str = ""
    looks_like: str = ""


def known_of(person: Person) -> Known:
    """What rows are compared with."""
    name = folded(f"{person.given_name} {person.family_name}")
    group = folding.folded(person.registration_group or "")
    return Known(person.id, (person.upn or "").upper(), name, person.year_group or "", group, person.status == "active")


def keys_of_person(person: Person) -> list[str]:
    """Under what a student is found."""
    keys = [f"u|{person.upn.upper()}"] if person.upn else []
    if person.mis_id:
        keys += _of_id(person.mis_id)
    return [*keys, _of_name(f"{person.given_name} {person.family_name}")]


def keys_of_row(ref: StudentRef) -> list[str]:
    """Under what the student of a row is looked for."""
    keys = [f"u|{ref.upn}"] if ref.upn else []
    for each in ref.ids:
        keys += _of_id(each)
    return [*keys, _of_name(ref.name)] if ref.name else keys


def by_upn(ref: StudentRef, found: Mapping[str, Sequence[tuple[str, bool]]]) -> Match | None:
    """Whom a row means by its UPN alone, as most do; None where more has to be looked at. ``found``: by UPN the ids of students,
    and whether they are here.
    """
    known = found.get(ref.upn, ())
    if len(known) != 1:
        return None
    student, here = known[0]
    return Match(student) if here else Match(reason="left")


def match(ref: StudentRef, found: Mapping[str, Sequence[Known]]) -> Match:
    """Whom a row means; ``found`` are the students under each of its keys."""
    reason = "upn_wrong" if ref.wrong_upn else "no_key" if ref.name else "nobody"
    if ref.upn:
        known = found.get(f"u|{ref.upn}", ())
        if len(known) == 1:
            return Match(known[0].id) if known[0].here else Match(reason="left")
        reason = "twice" if known else "upn_unknown"
    if reason != "twice":
        by_id, told = _by_id(ref, found)
        if by_id is not None:
            return Match(by_id.id) if by_id.here else Match(reason="left")
        reason = told or reason
    return Match(reason=reason, looks_like=_looks_like(ref, found))


def _by_id(ref: StudentRef, found: Mapping[str, Sequence[Known]]) -> tuple[Known | None, str]:
    """The student whom one of the ids means, else why none does; nothing where the row has no id."""
    reason = "id_unknown" if ref.ids and not ref.upn and not ref.wrong_upn else ""
    for place in (0, 1):  # ids as they stand, then without the zeros that a spreadsheet takes
        students = {
            known.id: known for each in ref.ids for key in _of_id(each)[place : place + 1] for known in found.get(key, ())
        }
        fit = [known for known in students.values() if _agrees(ref, known)]
        if len(fit) == 1:
            return fit[0], ""
        if len(fit) > 1:
            return None, "twice"
        if students:
            reason = "other_upn" if all(ref.upn and each.upn for each in students.values()) else "other_name"
    return None, reason


def _agrees(ref: StudentRef, known: Known) -> bool:
    """Whether nothing in the row speaks against this student: another UPN, or a name that shares no word with theirs."""
    if ref.upn and known.upn and ref.upn != known.upn:
        return False
    words = {*folded(ref.name).split()}
    return not words or bool(words & {*known.name.split()})


def _looks_like(ref: StudentRef, found: Mapping[str, Sequence[Known]]) -> str:
    """The one student of this name, in this year and group as far as the row says them; empty where there is none or two."""
    alike = [
        known
        for known in found.get(_of_name(ref.name), ())
        if known.here and _says(ref.year_group, known.year_group) and _says(ref.registration_group, known.registration_group)
    ]
    return alike[0].id if len(alike) == 1 and ref.name else ""


def _says(said: str, known: str) -> bool:
    return not said or not known or said == known


def _of_id(text: str) -> list[str]:
    keys = [f"i|{text}"]
    bare = text.lstrip("0") if text.isdecimal() else ""
    return [*keys, f"z|{bare}"] if bare else keys


def _of_name(text: str) -> str:
    return f"n|{' '.join(sorted(folded(text).split()))}"


def all_keys(refs: Iterable[StudentRef]) -> set[str]:
    """The keys of some rows."""
    return {key for ref in refs for key in keys_of_row(ref)}
