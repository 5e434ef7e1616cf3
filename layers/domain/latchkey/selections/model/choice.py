"""What an admin has chosen: everybody whom some filters mean, and people ticked one by one, but for those taken out again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import Invalid
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll

LIFE: Final = 7 * 86_400
"""Seconds after its last change for which a selection is kept."""
MOST_TICKED: Final = 5_000
MOST_FILTERS: Final = 50
LONGEST_LIST: Final = 1_000
"""People whom a request may name by id."""
_SEVERAL: Final = ("roles", "year_groups", "registration_groups")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``ids`` are ticked one by one or were found by a search, ``without`` taken out of those whom the filters mean. Times in
    epoch seconds.

    ``revision`` counts changes, so that of two at once none is lost.
    """

    id: str = ""
    by: str = ""
    filters: tuple[PeopleFilter, ...] = ()
    ids: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    revision: int = 0
    changed_at: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody can be meant."""
        return not self.filters and not self.ids

    @property
    def ends_at(self) -> int:
        """When it is forgotten, unless it is changed again."""
        return self.changed_at + LIFE

    def has_ended(self, now: int) -> bool:
        """Whether it is to be taken for forgotten."""
        return self.ends_at <= now

    def people(self, roll: Roll) -> Sequence[Entry]:
        """Those who are chosen, in list order."""
        chosen = self.ids_in(roll)
        return [entry for entry in roll.entries if entry.id in chosen]

    def ids_in(self, roll: Roll) -> frozenset[str]:
        """The ids of those who are chosen and still are people of the school."""
        ticked = {each for each in self.ids if roll.by_id(each) is not None}
        return frozenset((self._covered(roll) - {*self.without}) | ticked)

    def with_ticks(self, roll: Roll, shown: Iterable[str], ticked: Iterable[str]) -> "Choice":
        """After a page of people was shown, of whom these were ticked and the others were not; others stay as they are."""
        wanted, covered = {*ticked}, self._covered(roll)
        ids, without = dict.fromkeys(self.ids), dict.fromkeys(self.without)
        for person in dict.fromkeys((*shown, *wanted)):
            if roll.by_id(person) is None:
                continue
            if person in wanted:
                without.pop(person, None)
                if person not in covered:
                    ids[person] = None
            else:
                ids.pop(person, None)
                if person in covered:
                    without[person] = None
        return _within(replace(self, ids=tuple(ids), without=tuple(without)))

    def with_all(self, roll: Roll, wanted: PeopleFilter) -> "Choice":
        """With everybody whom a filter means, also those who were taken out before.

        What was typed to find people is not kept, as it may be somebody's name: those who were found are, by their ids.
        """
        if wanted.q:
            return self.with_ticks(roll, (), [entry.id for entry in roll.meant(wanted)])
        meant = {entry.id for entry in roll.meant(wanted)}
        return _within(
            replace(
                self,
                filters=_merged((*self.filters, wanted)),
                ids=tuple(each for each in self.ids if each not in meant),
                without=tuple(each for each in self.without if each not in meant),
            )
        )

    def _covered(self, roll: Roll) -> set[str]:
        return {entry.id for each in self.filters for entry in roll.meant(each)}


def _within(choice: Choice) -> Choice:
    if len(choice.ids) + len(choice.without) > MOST_TICKED or len(choice.filters) > MOST_FILTERS:
        raise Invalid(
            "These are too many to tick one by one.",
            fields={"select": f"At most {MOST_TICKED:,} people can be ticked one by one: choose all that match a filter."},
        )
    return choice


def _merged(filters: Sequence[PeopleFilter]) -> tuple[PeopleFilter, ...]:
    """The same people with fewer filters: one of years 7 and 8 for one of each; or one that means everybody."""
    if PeopleFilter() in filters:
        return (PeopleFilter(),)
    found: list[PeopleFilter] = []
    for each in filters:
        for place, other in enumerate(found):
            both = _both(other, each)
            if both is not None:
                found[place] = both
                break
        else:
            found.append(each)
    return tuple(found) if len(found) == len(filters) else _merged(found)


def _both(one: PeopleFilter, other: PeopleFilter) -> PeopleFilter | None:
    """One filter for two that differ in the values of one field only."""
    differ = [name for name in PeopleFilter.__dataclass_fields__ if getattr(one, name) != getattr(other, name)]
    if not differ:
        return one
    if len(differ) > 1 or differ[0] not in _SEVERAL:
        return None
    first, second = getattr(one, differ[0]), getattr(other, differ[0])
    if not first or not second:  # one of them means any value
        return _with(one, differ[0], ())
    return _with(one, differ[0], (*first, *second))


def _with(one: PeopleFilter, name: str, values: tuple[str, ...]) -> PeopleFilter:
    """The filter with other values of a field that may have several; in their order, as it would be read."""
    field = {"roles": "role", "year_groups": "year_group", "registration_groups": "registration_group"}[name]
    given = {key: value for key, value in one.as_mapping().items() if key != field}
    return parse({**given, field: list(dict.fromkeys(values))} if values else given)
