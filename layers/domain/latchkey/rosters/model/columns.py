"""Which column of a table is read as which of our fields: proposed from its words, or chosen by an admin, or as last time.

Reports of pupils and their contacts have some words twice. What stands left of the contact's first own column is the pupil's;
from there on names, addresses and general ids are the contact's, unless the word says "Student" or "Pupil".
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from latchkey.errors import Invalid
from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model.person import ROLES, Role
from latchkey.rosters.model import words
from latchkey.rosters.model.shapes import Shape, shape_of

From = Literal["words", "last_time", "chosen"]

UPN_AS_ID: Final = "upn_as_id"
"""A choice for a column: the UPN, which is the id as well, where a file has no other."""
CHOICES: Final = (*words.FIELDS, UPN_AS_ID)
_NAMES: Final = ("given_name", "family_name", "preferred_given_name", "preferred_family_name", "full_name")
_ANYBODYS: Final = frozenset((*_NAMES, "role", "email", "language", "left", "leaving_date"))
"""Fields that contacts have as well, under the same words."""
_OF_STAFF: Final = ("employee", "staff", "teacher", "payroll", "national_insurance")
"""How words begin that only lists of staff have: these have somebody's contacts as well, for emergencies."""
_TWICE: Final = "stands in the header twice: choose which one"
_PUPILS_SHAPES: Final = frozenset({"clever", "mavis"})


class Column(NamedTuple):
    """A column as the preview shows it: what it was read as, or why it was not read; ``samples`` of what it holds."""

    place: int
    word: str
    field: str | None
    why: str | None = None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Where each field stands, from 0; ``role`` is that of all rows, for a file of one kind of people."""

    columns: Mapping[str, int]
    role: Role | None = None
    source: From = "words"

    def as_value(self) -> dict[str, Any]:
        """As it is stored."""
        role = {"role": self.role} if self.role else {}
        return {"columns": dict(self.columns), "from": self.source, **role}

    @property
    def missing(self) -> tuple[str, ...]:
        """What a file must have and this does not: ``mis_id``, ``role``, ``name``."""
        found = [] if "mis_id" in self.columns else ["mis_id"]
        if self.role is None and "role" not in self.columns:
            found.append("role")
        if not self.columns.keys() & set(_NAMES):
            found.append("name")
        return tuple(found)


def chosen_from(value: Mapping[str, Any], source: From | None = None) -> Chosen:
    """A choice as it was stored; ``source`` in place of the stored one."""
    return Chosen(
        columns={name: int(place) for name, place in value["columns"].items()},
        role=value.get("role"),
        source=source or value.get("from", "words"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the words of a header say. ``whys``: why a column is not read, by place. ``proposed_role``: to be confirmed."""

    chosen: Chosen
    shape: Shape | None
    contacts_from: int | None
    whys: Mapping[int, str] = field(default_factory=dict)
    proposed_role: Role | None = None


def fingerprint(header: Sequence[str]) -> str:
    """What tells one header from another, whatever its blanks, capitals and accents."""
    plain = [words.plain(word) for word in header]
    while plain and not plain[-1]:
        plain.pop()
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()[:32]


def propose(header: Sequence[str]) -> Proposal:
    """What a header's words say about its columns."""
    begin = _contacts_from(header)
    found, whys = _columns_by_words(header, begin)
    _one_kind_of_name(header, found, whys)
    shape = shape_of(header)
    certain = shape in _PUPILS_SHAPES or (begin is not None and _has_only_pupils(header, found))
    role: Role | None = "student" if certain and "role" not in found else None
    likely: Role | None = "student" if role or "upn" in found or shape in {"sims", "arbor", "bromcom"} else None
    return Proposal(
        chosen=Chosen(columns=found, role=role),
        shape=shape,
        contacts_from=begin,
        whys=whys,
        proposed_role=likely if "role" not in found else None,
    )


def _columns_by_words(header: Sequence[str], begin: int | None) -> tuple[dict[str, int], dict[int, str]]:
    """The column of each field, and why the others are not read; ``begin``: where the columns of contacts do."""
    found: dict[str, int] = {}
    whys: dict[int, str] = {}
    for place, word in enumerate(header):
        name = words.field_of(word)
        why = _why_not(word, name, begin is not None and place >= begin)
        if why is not None:
            whys[place] = why
        elif name is not None:
            _take_better(header, name, place, found, whys)
    for name in {words.field_of(header[place]) for place, why in whys.items() if why == _TWICE}:
        whys[found.pop(str(name))] = _TWICE
    return found, whys


def _why_not(word: str, name: str | None, behind_contacts: bool) -> str | None:
    """Why a column is not read that has this word, which means this field."""
    if words.plain(word) in words.NEVER:
        return "is never taken from a roster"
    if behind_contacts and _is_contacts(word, name):
        return "is about a contact; people are read here, contacts are not"
    return "is not known" if name is None and word else None


def _take_better(header: Sequence[str], name: str, place: int, found: dict[str, int], whys: dict[int, str]) -> None:
    """Take this column for the field, unless one with as good a word or a better one was taken for it."""
    if name not in found:
        found[name] = place
        return
    better, worse = sorted((found[name], place), key=lambda at: (words.rank_of(header[at]), at))
    found[name] = better
    are_alike = words.rank_of(header[better]) == words.rank_of(header[worse])
    whys[worse] = _TWICE if are_alike else f"says the same as {excerpt(header[better])}"


def _has_only_pupils(header: Sequence[str], found: Mapping[str, int]) -> bool:
    """Whether a list of people and their contacts is one of pupils: it has what only pupils have, and nothing of staff's."""
    of_pupils = "upn" in found or "year_group" in found or any(map(words.is_of_pupils, header))
    return of_pupils and not any(words.plain(word).startswith(_OF_STAFF) for word in header)


def _one_kind_of_name(header: Sequence[str], found: dict[str, int], whys: dict[int, str]) -> None:
    """Names in columns of their own count more than a whole name in one; a preferred name alone is the name."""
    for name in ("given_name", "family_name"):
        preferred = f"preferred_{name}"
        if name not in found and preferred in found:
            found[name] = found.pop(preferred)
    if "full_name" in found and {"given_name", "family_name"} & found.keys():
        other = found["given_name"] if "given_name" in found else found["family_name"]
        if {"given_name", "family_name"} <= found.keys():
            whys[found.pop("full_name")] = f"says the same as {excerpt(header[other])}"
        else:  # only a known-as name beside it
            left = "given_name" if "given_name" in found else "family_name"
            found[f"preferred_{left}"] = found.pop(left)


def _contacts_from(header: Sequence[str]) -> int | None:
    """Where the columns of contacts begin: at the first of their own, or where a name comes a second time."""
    seen: set[str] = set()
    for place, word in enumerate(header):
        plain = words.plain(word)
        if words.is_of_contacts(word) or (plain in seen and words.field_of(word) in {"given_name", "family_name"}):
            return place
        seen.add(plain)
    return None


def _is_contacts(word: str, name: str | None) -> bool:
    if words.is_of_contacts(word):
        return True
    general_id = name == "mis_id" and words.plain(word) in {"person_id", "id", "external_id"}
    return (name in _ANYBODYS or general_id) and not words.is_of_pupils(word)


def columns_of(
    header: Sequence[str], chosen: Chosen, whys: Mapping[int, str], samples: Mapping[int, tuple[str, ...]]
) -> list[Column]:
    """The columns as the preview shows them."""
    by_place: dict[int, str] = {}
    for name, place in chosen.columns.items():
        by_place[place] = UPN_AS_ID if place in by_place and {by_place[place], name} == {"upn", "mis_id"} else name
    return [
        Column(place, excerpt(word), by_place.get(place), None if place in by_place else whys.get(place), samples.get(place, ()))
        for place, word in enumerate(header)
    ]


def checked(asked: Mapping[str, Any], role: object, header: Sequence[str]) -> Chosen:
    """An admin's choice: a field for each place (none: not read). ``Invalid`` names everything that is wrong at once."""
    wrong: dict[str, str] = {}
    found: dict[str, int] = {}
    for key, name in asked.items():
        if name not in ("", None):
            _take(key, name, header, found, wrong)
    everybody = _role(role, found, wrong)
    if "full_name" in found and {"given_name", "family_name"} & found.keys():
        wrong["name"] = "Choose the whole name, or first and last name, not both."
    chosen = Chosen(columns=found, role=everybody, source="chosen")
    for name in chosen.missing:
        wrong.setdefault(name, _NEEDED[name])
    if wrong:
        raise Invalid("Nothing was changed.", fields=wrong)
    return chosen


def _take(key: str, name: object, header: Sequence[str], found: dict[str, int], wrong: dict[str, str]) -> None:
    label = f"columns.{key}"[:40]
    place = int(key) if key.isascii() and key.isdecimal() and len(key) < 5 else len(header)
    if place >= len(header):
        wrong[label] = "The file has no such column."
    elif not isinstance(name, str) or name not in CHOICES:
        wrong[label] = "Choose what this column is from the list."
    elif words.plain(header[place]) in words.NEVER:
        wrong[label] = f"The column {excerpt(header[place])} is never taken from a roster."
    else:
        for each in ("upn", "mis_id") if name == UPN_AS_ID else (name,):
            if each in found:
                wrong[label] = f"Two columns cannot both be this one: {excerpt(header[found[each]])} is it already."
            found.setdefault(each, place)


_NEEDED: Final = {
    "mis_id": "Choose the column with the id that the MIS gives each person.",
    "role": "Choose the column with the role, or the role that everybody in this file has.",
    "name": "Choose a column with a name.",
}


def _role(role: object, found: Mapping[str, int], wrong: dict[str, str]) -> Role | None:
    if role in ("", None):
        return None
    known = next((each for each in ROLES if each == role), None)
    if known is None:
        wrong["role"] = "Choose student, teacher, staff or parent. A roster makes nobody an admin."
    elif "role" in found:
        wrong["role"] = "Choose the column with the role, or one role for everybody, not both."
    return known


def telling(cells: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """Up to five different cells, those with accents or odd signs first: they show whether a file was read rightly."""
    different = [cell for cell in dict.fromkeys(cell.strip() for cell in cells) if cell]
    odd = [cell for cell in different if not cell.isascii()] + [cell for cell in different if cell.isascii() and _is_odd(cell)]
    return tuple(excerpt(cell) for cell in dict.fromkeys([*odd, *different]))[:most]


def _is_odd(cell: str) -> bool:
    return any(sign in cell for sign in "'\"*?()[]<>{}\\|~^`=+;")
