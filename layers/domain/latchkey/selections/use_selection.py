"""Use a selection: what is started of it takes what it is then, and the worker finds exactly these people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from latchkey.errors import Invalid, NotFound
from latchkey.roll.read_roll import read_roll
from latchkey.roll.sources import Found, Source
from latchkey.selections.model.choice import LONGEST_LIST, Choice
from latchkey.selections.needs import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a selection means, in the plainest of three ways: one filter, some ids, or a copy that is kept (``copy``)."""

    filter: Mapping[str, str | list[str]] | None = None
    ids: tuple[str, ...] = ()
    copy: str | None = None
    count: int = 0


def settle(system: System, school: str, admin: str, selection: str) -> Settled:
    """What the selection of an admin means now; ``Invalid`` if it is not theirs, has ended, was cleared, or means nobody."""
    choice = system.selections(school).get(admin)
    if choice is None or choice.id != selection or choice.has_ended(system.now()):
        raise _gone()
    found = choice.people(read_roll(system, school))
    if not found:
        raise _gone()
    if len(choice.filters) == 1 and not choice.ids and not choice.without:
        return Settled(filter=choice.filters[0].as_mapping(), count=len(found))
    if not choice.filters and len(choice.ids) <= LONGEST_LIST:
        return Settled(ids=tuple(each.id for each in found), count=len(found))
    return Settled(copy=system.selections(school).copy(choice), count=len(found))


def people_chosen(system: System, school: str, copy: str, source: Source[Found]) -> Iterator[Found]:
    """The people of a copy, in list order, as a source has them; ``NotFound`` if it is kept no more."""
    choice = system.selections(school).copied(copy)
    if choice is None:
        raise NotFound()
    return people_of(choice, source)


def people_of(choice: Choice, source: Source[Found]) -> Iterator[Found]:
    """The people of a selection: who is chosen by a filter only, and is no longer meant by it, is left out."""
    yield from source.among((entry.id for entry in choice.people(source.roll)), choice.filters, {*choice.ids})


def _gone() -> Invalid:
    return Invalid(
        "Nobody is selected. Nothing was done.",
        fields={"select": "This selection is empty, has ended, or is another by now. Choose people again."},
    )
