"""The rolls that one container remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from latchkey.roll.model.changes import Base
from latchkey.roll.model.entry import Entry, Refusal
from latchkey.roll.model.known import Known

_MOST: Final = 250_000  # people: some 250 MB


@dataclass(slots=True)
class Remembered:
    """What a container remembers of one school: an object, and the entries with what had changed by a revision of the item.

    ``first``: what is known of the object as it is, ``known``: of the entries.
    """

    key: str
    base: Base
    revision: int = -1
    entries: Sequence[Entry] = ()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    first: Known = field(init=False)
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.known = Known(self.base.entries)


class Memory:
    """The rolls that a container remembers, those asked for last; none is older than the item that names it."""

    def __init__(self) -> None:
        self._schools: dict[str, Remembered] = {}

    def get(self, school: str, key: str) -> Remembered | None:
        """What is remembered of a school, if it is of this object."""
        found = self._schools.pop(school, None)
        if found is None or found.key != key:
            return None
        self._schools[school] = found  # the last asked for stands last
        return found

    def keep(self, school: str, key: str, base: Base) -> Remembered:
        """Remember an object; others are forgotten where they are too many."""
        self._schools.pop(school, None)
        found = Remembered(key, base)
        self._schools[school] = found
        while len(self._schools) > 1 and sum(len(each.base.entries) for each in self._schools.values()) > _MOST:
            del self._schools[next(iter(self._schools))]
        return found
