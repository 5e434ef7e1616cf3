"""Who is selected, where it takes a look at the school: everybody whom a filter means, or the copy of an admin's selection."""

from collections.abc import Iterator
from dataclasses import replace

from latchkey.people.model import people_filter
from latchkey.people.model.person import Person
from latchkey.roll.sources import Found, FromDirectory, Source
from latchkey.selections.use_selection import people_chosen, settle
from latchkey.sends.model.send import Selection
from latchkey.sends.needs import System


def of_group(system: System, school: str, selection: Selection) -> Iterator[Person] | None:
    """The people of a filter or of a selection as they are now, as of ``group_of``."""
    return group_of(system, school, selection, FromDirectory(system, school))


def group_of(system: System, school: str, selection: Selection, source: Source[Found]) -> Iterator[Found] | None:
    """The people of a filter or of a selection, in list order; None where they are named by id or by an earlier send.

    ``Invalid`` for a filter that cannot be used, ``NotFound`` for a selection that is kept no more.
    """
    if selection.chosen is not None:
        return people_chosen(system, school, selection.chosen, source)
    if selection.filter is not None:
        return source.meant(people_filter.parse(selection.filter))
    return None


def settled(system: System, school: str, admin: Person, selection: Selection) -> Selection:
    """The selection with what an admin has chosen in the list of people, where it names that (``live``).

    It stays what it is now, whatever they tick on. ``Invalid`` where nobody is chosen.
    """
    if selection.live is None:
        return selection
    found = settle(system, school, admin.id, selection.live)
    count = found.count if found.copy else 0
    return replace(selection, live=None, filter=found.filter, ids=found.ids, chosen=found.copy, count=count)
