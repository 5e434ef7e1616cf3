"""What the use cases of the roll take from outside, and from packages that stand above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from latchkey.people import needs as people
from latchkey.schools import needs as schools

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from latchkey.roll.model.entry import LinkFact, Refusal
    from latchkey.roll.model.memory import Memory
    from latchkey.roll.stores.kept_rolls import KeptRolls


class System(people.System, schools.System, Protocol):
    """What people and schools take, where rolls are kept, and what the ledger and the looks for doubles know."""

    def now(self) -> int: ...

    def cursor_key(self, school: str) -> bytes: ...

    def lookup_key(self, school: str, epoch: int) -> bytes: ...

    def rolls(self, school: str) -> KeptRolls: ...

    @property
    def roll_memory(self) -> Memory: ...

    def links_in(self, item: Mapping[str, Any]) -> Iterable[tuple[str, str, LinkFact | None]]:
        """Person, send and link of everybody in the item of a chunk; none of one that holds no links."""
        ...

    def invitation_in(self, item: Mapping[str, Any]) -> tuple[str, Refusal | int] | None:
        """The id of the invitation in an item, and how its mail was refused, or when it was used; None of any other item."""
        ...

    def invitations_known(self, school: str) -> tuple[Mapping[str, Refusal], Mapping[str, int]]:
        """All invitations of a school whose mail was refused, and when the others of it were used, by their id."""
        ...

    def wait(self, seconds: float) -> None: ...

    def newest_links(self, school: str) -> Mapping[str, LinkFact]:
        """The newest link of each person whom a send of the last weeks has mailed one, by the person's id."""
        ...

    def certain_doubles(self, school: str) -> frozenset[tuple[str, str]]:
        """The pairs of ids that the last look found to be almost certainly one person's."""
        ...
