"""Choosing many people by what they have in common: the whole school, roles, years or registration groups, several at once.

What there is to choose from comes with its numbers (``Offered``); what somebody chose on a form is read strictly (``Choice``): a
box that is ticked at a level that was not chosen must never quietly count for nothing, and nothing must never mean everybody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, get_args

from latchkey.errors import Invalid
from latchkey.people.model import groups
from latchkey.people.model.person import ROLES, Role
from latchkey.shared.model.folding import folded

Level = Literal["school", "roles", "years", "groups", "chosen"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
ROLE_NAMES: Final[Mapping[Role, str]] = {
    "student": "Students",
    "parent": "Parents",
    "teacher": "Teachers",
    "staff": "Other staff",
}
_BOX: Final[Mapping[Level, str]] = {"roles": "role.", "years": "year.", "groups": "group."}
"""How the names of the boxes of a level begin: ``year.7``, ``group.7A``."""
TYPED: Final = "groups_typed"
"""The field into which registration groups are typed where there are too many for boxes, with commas between them."""
_NAMES: Final[Mapping[str, str]] = {
    "": "nothing",
    "school": "everybody",
    "roles": "roles",
    "years": "year groups",
    "groups": "registration groups",
    "chosen": "the people who were chosen before",
}
_ONE: Final[Mapping[Level, str]] = {"roles": "role", "years": "year group", "groups": "registration group"}
_MOST_TICKED: Final = 250
_LONGEST: Final = 100
MOST: Final = 200
"""Registration groups that are offered as boxes; of more, a page would be too heavy, and they are typed."""


class Somebody(Protocol):
    """What is counted of a person."""

    @property
    def role(self) -> Role: ...

    @property
    def year_group(self) -> str | None: ...

    @property
    def registration_group(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people of a role stand in a year and a registration group (empty: in none)."""

    role: Role
    year: str
    group: str
    people: int


@dataclass(frozen=True, slots=True)
class Box:
    """One thing to tick: its field, words and value, and how many people that is; ``year`` is that of a registration group."""

    name: str
    words: str
    value: str
    people: int
    year: str = ""

    @property
    def year_order(self) -> str:
        """How the year sorts."""
        return groups.year_key(self.year)


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose: one level, and what they ticked there."""

    level: Level
    values: tuple[str, ...] = ()

    def as_fields(self) -> dict[str, str]:
        """The choice as fields of a form; ``parse_choice`` gives it back."""
        return {"who": self.level} | {f"{_BOX[self.level]}{value}": "on" for value in self.values}

    def as_filter(self) -> dict[str, list[str]]:
        """The choice as the JSON object of a filter of people."""
        field = {"roles": "role", "years": "year_group", "groups": "registration_group"}.get(self.level)
        return {field: list(self.values)} if field else {}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a school has to choose from. A person stands in one cell."""

    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, people: Iterable[Somebody]) -> "Offered":
        """Counted from people."""
        return cls.counted((each, 1) for each in people)

    @classmethod
    def counted(cls, people: Iterable[tuple[Somebody, int]]) -> "Offered":
        """The same of people each of whom stands for so many of the same role and group."""
        found: Counter[tuple[Role, str, str]] = Counter()
        for one, many in people:
            found[one.role, one.year_group or "", one.registration_group or ""] += many
        cells = (Cell(role, year, group, number) for (role, year, group), number in found.items())
        by_list = {role: place for place, role in enumerate(ROLES)}
        return cls(
            tuple(sorted(cells, key=lambda each: (by_list[each.role], groups.year_key(each.year), groups.group_key(each.group))))
        )

    @property
    def total(self) -> int:
        """Everybody."""
        return sum(cell.people for cell in self.cells)

    @property
    def roles(self) -> list[Box]:
        """The roles that somebody has."""
        found = Counter(dict.fromkeys(ROLE_NAMES, 0))
        for cell in self.cells:
            found[cell.role] += cell.people
        return [Box(f"role.{role}", words, role, found[role]) for role, words in ROLE_NAMES.items() if found[role]]

    @property
    def years(self) -> list[Box]:
        """The year groups."""
        found: Counter[str] = Counter()
        for cell in self.cells:
            found[cell.year] += cell.people
        return [Box(f"year.{year}", f"Year {year}", year, number) for year, number in found.items() if year]

    @property
    def groups(self) -> list[Box]:
        """The registration groups, with the year in which most of theirs are."""
        found: Counter[str] = Counter()
        years: dict[str, str] = {}
        for cell in self.cells:
            found[cell.group] += cell.people
            years.setdefault(cell.group, cell.year)
        return [Box(f"group.{group}", group, group, number, years[group]) for group, number in found.items() if group]

    @property
    def too_many(self) -> bool:
        """Whether registration groups are typed, because there are too many for boxes."""
        return len({cell.group for cell in self.cells}) > MOST

    def count(self, choice: Choice) -> int:
        """How many people a choice means; of ``chosen`` only their list knows."""
        wanted = {folded(value) for value in choice.values}
        return sum(cell.people for cell in self.cells if choice.level == "school" or folded(_part(cell, choice.level)) in wanted)

    def said(self, fields: Mapping[str, Any], chosen: int = 0) -> int:
        """The number beside a form as it stands, whether its choice can be used or not; ``chosen`` were chosen before."""
        level = next((known for known in LEVELS if known == fields.get("who")), None)
        if level is None or level == "chosen":
            return chosen if level else 0
        try:
            return self.count(Choice(level, _ticked(fields, level) if level in _BOX else ()))
        except Invalid:
            return 0


def _part(cell: Cell, level: Level) -> str:
    return {"roles": cell.role, "years": cell.year, "groups": cell.group}.get(level, "")


def parse_choice(fields: Mapping[str, Any], levels: Iterable[Level]) -> Choice:
    """What the fields of a form choose; ``Invalid`` names the field ``who`` where that is nothing, or two things at once."""
    who = fields.get("who", "")
    ticked = {level: _ticked(fields, level) for level in _BOX}
    level = next((known for known in levels if known == who), None)
    spare = [value for other, values in ticked.items() if other != level for value in values]
    if spare:
        asked = f"You ticked {_short(spare)}, but chose {_NAMES.get(str(who), 'something else')}. Which do you mean?"
        raise Invalid("Nothing was done yet: say which people you mean.", fields={"who": asked})
    if level is None:
        raise Invalid("Nothing was done yet.", fields={"who": "Choose which people you mean."})
    values = ticked.get(level, ())
    if level in _BOX and not values:
        raise Invalid("Nothing was done yet.", fields={"who": f"Tick at least one {_ONE[level]}."})
    return Choice(level, values)


def _ticked(fields: Mapping[str, Any], level: Level) -> tuple[str, ...]:
    begin = _BOX[level]
    found = [name.removeprefix(begin) for name, value in fields.items() if name.startswith(begin) and value not in ("", False)]
    typed = fields.get(TYPED, "") if level == "groups" else ""
    found += [text for each in str(typed).split(",") if (text := each.strip())]
    if level == "years":
        found = [groups.year_group(each) or each for each in found]
    if len(found) > _MOST_TICKED or any(not each or len(each) > _LONGEST for each in found):
        raise Invalid(fields={"who": f"Choose at most {_MOST_TICKED} groups, each by its name."})
    return tuple(dict.fromkeys(found))


def _short(values: list[str]) -> str:
    shown = ", ".join(f"“{each if len(each) <= 30 else each[:30] + '…'}”" for each in values[:3])
    return shown if len(values) <= 3 else f"{shown} and {len(values) - 3} more"
