"""What the use cases of the roll take from outside, and from packages that stand above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.people import needs as people
from latchkey.schools import needs as schools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latchkey.roll.model.entry import LinkFact


class System(people.System, schools.System, Protocol):
    """What people and schools take, and what the ledger and the looks for doubles know."""

    def newest_links(self, school: str) -> Mapping[str, LinkFact]:
        """The newest link of each person whom a send of the last weeks has mailed one, by the person's id."""
        ...

    def certain_doubles(self, school: str) -> frozenset[tuple[str, str]]:
        """The pairs of ids that the last look found to be almost certainly one person's."""
        ...
