"""Which column is which: by its word, and by its place where a word is said of students and contacts alike.

    UPN, Forename, Surname, Reg, Title, Forename, Surname, Relationship, Primary Email
    ─── the student ──────────  ─── the contact ──────────────────────────────────────

Of two Forenames the first is the student's, unless columns of the contact stand before it and none of the student does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from latchkey.contacts.model import words
from latchkey.contacts.model.invite import STATED
from latchkey.contacts.model.words import Word, word_of
from latchkey.errors import Invalid
from latchkey.office_files.model.unusable import excerpt

_NAMES: Final = {"given_name": "student_given", "family_name": "student_family", "name": "student_name"}
_MANY: Final = ("student_id", "email", "phone")
"""Fields of which somebody may have several columns; of all others the best word is read."""
Places = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields of the student and of each contact of a row stand, and the words for telephones' kinds."""

    student: Places
    contacts: tuple[Places, ...]
    ranks: Mapping[int, int]
    kinds: Mapping[int, str]

    @property
    def is_wide(self) -> bool:
        """Whether a row has several contacts side by side."""
        return len(self.contacts) > 1

    @property
    def stated(self) -> frozenset[str]:
        """Which of the facts that decide about invitations have a column."""
        return frozenset(name for name in STATED for each in self.contacts if name in each)

    @property
    def read(self) -> set[int]:
        """The columns that are read."""
        return {place for each in (self.student, *self.contacts) for places in each.values() for place in places}

    @property
    def are_enough(self) -> bool:
        """Whether they tell who the student is, and one contact's name or address."""
        named = {"student_name"} & self.student.keys() or {"student_given", "student_family"} <= self.student.keys()
        told = {"upn", "student_id"} & self.student.keys() or named
        return bool(told) and any({"name", "family_name", "given_name", "email"} & each.keys() for each in self.contacts)

    @property
    def found(self) -> dict[str, int]:
        """The fields that were recognised, with their first column: what an admin who says the rest need not say again."""
        first = self.contacts[0] if self.contacts else {}
        return {name: places[0] for name, places in {**first, **self.student}.items() if places}


def columns_of(header: Sequence[str]) -> Columns:
    """What the words of a header say."""
    known = [(place, word) for place, text in enumerate(header) if (word := word_of(text)) is not None]
    owned = [(place, whose, word) for (place, word), whose in zip(known, _owners(known), strict=True)]
    student = _places((place, _NAMES.get(word.field, word.field), word) for place, whose, word in owned if whose == "student")
    student.pop("student_email", None)
    contacts = _contacts([(place, word) for place, whose, word in owned if whose == "contact"])
    return _made(student, [each for each in contacts if each], dict(known))


def chosen_columns(header: Sequence[str], wanted: Mapping[str, int]) -> Columns:
    """The columns that an admin has named (``{field: place}``), beside those that were recognised."""
    own = columns_of(header)
    taken = {*wanted.values()}
    student = {name: left for name, places in own.student.items() if (left := tuple(at for at in places if at not in taken))}
    first = own.contacts[0] if own.contacts else {}
    contact = {name: left for name, places in first.items() if (left := tuple(at for at in places if at not in taken))}
    for name, place in wanted.items():
        (student if name in words.STUDENT else contact)[name] = (place,)
    known = {place: word for place, text in enumerate(header) if (word := word_of(text)) is not None}
    return _made(student, [contact, *own.contacts[1:]], known)


def parse_choice(given: object, header: Sequence[str]) -> dict[str, int]:
    """What an admin says: ``{field: column}``, a column as its word or its number from 1; ``Invalid`` names what cannot be."""
    if not isinstance(given, Mapping) or not given:
        raise Invalid(fields={"columns": "Say for at least one field which column it is."})
    found: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        if name not in words.LABELS:
            wrong["columns"] = f"There is no such field. Choose from {', '.join(words.LABELS)}."
        elif value in (None, ""):
            continue
        elif (place := _place(value, header)) is None:
            wrong[name] = f"The file has no such column: {excerpt(value)}."
        else:
            found[name] = place
    if wrong:
        raise Invalid(fields=wrong)
    if len({*found.values()}) < len(found):
        raise Invalid(fields={"columns": "One column cannot be two things. Choose a column once."})
    if not chosen_columns(header, found).are_enough:
        raise Invalid(fields={"columns": "Say where the student's UPN, id or name is, and the contact's name or e-mail address."})
    return found


def _place(value: object, header: Sequence[str]) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if isinstance(value, str) and text in header:
        return [*header].index(text)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
    return number - 1 if 1 <= number <= len(header) else None


def _same(one: Word, other: Word) -> bool:
    """Whether two words mean one field of one person: of several addresses and telephones each is one of its own kind."""
    return (one.field, one.rank, one.kind) == (other.field, other.rank, other.kind)


def _owners(known: Sequence[tuple[int, Word]]) -> Iterator[str]:
    """Whose each of the words of a header is: ``student`` or ``contact``."""
    contact_at = [place for place, word in known if word.whose == "contact"]
    student_at = [place for place, word in known if word.whose == "student"]
    students = {word.field for _, word in known if word.whose == "student"}
    for place, word in known:
        if word.whose != "both":
            yield word.whose
            continue
        alike = [at for at, other in known if other.whose == "both" and _same(word, other)]
        student_has_own = _NAMES.get(word.field) in students
        yield "contact" if student_has_own and len(alike) == 1 else _whose(place, word, alike, contact_at, student_at)


def _whose(place: int, word: Word, alike: Sequence[int], contact_at: Sequence[int], student_at: Sequence[int]) -> str:
    """Whose a word is that is said of both."""
    if word.field in {"title", "phone"} and len(alike) == 1:
        return "contact"
    if len(alike) > 1:
        first, second = alike[0], alike[1]
        contact_first = any(at < first for at in contact_at) and not any(at < first for at in student_at)
        if contact_first and any(first < at < second for at in student_at):
            return "contact" if place == first else "student"
        return "student" if place == first else "contact"
    return "contact" if any(at < place for at in contact_at) else "student"


def _contacts(words_of_contacts: Sequence[tuple[int, Word]]) -> list[dict[str, tuple[int, ...]]]:
    """Where the fields of each contact of a row stand; one contact where no word has a number or says Mother or Father."""
    by_name: dict[str, list[tuple[int, str, Word]]] = {}
    for place, word in words_of_contacts:
        by_name.setdefault(word.contact, []).append((place, word.field, word))
    of_all = by_name.pop("", [])
    if not by_name:
        return [_places(of_all)] if of_all else []
    contacts = [_places(each) for each in by_name.values()]
    # What a row says once of its contacts cannot be told apart: only of the first one.
    contacts[0] = {**_places(of_all), **contacts[0]}
    return contacts


def _places(found: Iterable[tuple[int, str, Word]]) -> dict[str, tuple[int, ...]]:
    places: dict[str, list[tuple[int, int]]] = {}
    for place, name, word in found:
        places.setdefault(name, []).append((word.rank, place))
    return {name: tuple(at for _, at in sorted(each)[: None if name in _MANY else 1]) for name, each in places.items()}


def _made(student: Places, contacts: Sequence[Places], known: Mapping[int, Word]) -> Columns:
    return Columns(
        student=student,
        contacts=tuple(contacts),
        ranks={place: word.rank for place, word in known.items()},
        kinds={place: word.kind or "main" for place, word in known.items()},
    )
