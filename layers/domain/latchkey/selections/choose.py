"""Choose people: what an admin has chosen so far, and changing it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from latchkey.errors import Changed, Invalid
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.selections.model.choice import LONGEST_LIST, Choice
from latchkey.selections.needs import System
from latchkey.shared.model.ids import is_id, new_id

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection, and the ids of those whom it means now."""

    choice: Choice
    people: frozenset[str]

    @property
    def count(self) -> int:
        """How many are chosen."""
        return len(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a page, a tick or a script changes, in this order: begin anew, add everybody of filters, tick those shown.

    ``shown`` and ``ticked``: of the people on a page those who are ticked; who is shown and not ticked is taken out.
    """

    clear: bool = False
    filters: tuple[PeopleFilter, ...] = ()
    shown: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether it changes nothing."""
        return not (self.clear or self.filters or self.shown or self.ticked)


def chosen_so_far(system: System, school: str, admin: str, roll: Roll | None = None) -> Chosen:
    """What an admin has chosen; ``roll``: where it was read already."""
    kept = system.selections(school).get(admin)
    if kept is None or kept.is_empty or kept.has_ended(system.now()):
        return Chosen(Choice(by=admin), frozenset())
    return Chosen(kept, kept.ids_in(roll or read_roll(system, school)))


def change_choice(system: System, school: str, admin: str, change: Change, roll: Roll | None = None) -> Chosen:
    """Change what an admin has chosen. Of two changes at once both are made, one after the other."""
    _check((*change.shown, *change.ticked))
    if change.is_nothing:
        return chosen_so_far(system, school, admin, roll)
    roll = roll or read_roll(system, school)
    store = system.selections(school)
    for _ in range(_TRIES):
        #  this request   read ── change ── write if its revision is still the one read
        #  another tab          read ── change ── write (refused: it reads again, and changes what the first has written)
        before, now = store.get(admin), system.now()
        after = _changed(before, change, roll, admin, now)
        if before is not None and _same(before, after) and not before.has_ended(now):
            return Chosen(before, before.ids_in(roll))
        try:
            store.keep(before, after)
        except Changed:
            continue
        return Chosen(after, after.ids_in(roll))
    raise Changed("The selection is being changed somewhere else. Try again.")


def _changed(before: Choice | None, change: Change, roll: Roll, admin: str, now: int) -> Choice:
    revision = before.revision + 1 if before else 1
    base = before
    if base is None or change.clear or base.is_empty or base.has_ended(now):
        base = Choice(id=new_id(now), by=admin)
    for wanted in change.filters:
        base = base.with_all(roll, wanted)
    base = base.with_ticks(roll, change.shown, change.ticked)
    return replace(base, revision=revision, changed_at=now)


def _same(before: Choice, after: Choice) -> bool:
    return replace(after, revision=before.revision, changed_at=before.changed_at) == before


def _check(ids: Sequence[str]) -> None:
    if len(ids) > 2 * LONGEST_LIST:
        raise Invalid(fields={"select": f"Name at most {LONGEST_LIST:,} people at once; for more, select by a filter."})
    if not all(is_id(each) for each in ids):
        raise Invalid(fields={"select": "One of the ids does not have the form of an id."})
