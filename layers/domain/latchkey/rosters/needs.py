"""What the use cases of rosters take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from latchkey.audit.stores.audit import Audit
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.people.stores.people import Directory
    from latchkey.roll.stores.kept_rolls import KeptRolls
    from latchkey.rosters.stores.columns import RosterColumns
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.rosters.stores.undo_notes import UndoNotes
    from latchkey.rosters.stores.undo_people import UndoPeople
    from latchkey.schools.stores.schools import Schools
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.files import Files
    from latchkey.shared.stores.queues import Queue
    from latchkey.shared.stores.uploads import Uploads


T = TypeVar("T")


class System(Protocol):
    """Its stores, keys, queues and clock."""

    def now(self) -> int: ...

    def persist(self, work: Callable[[], T], seconds: float) -> T: ...

    def queue(self, setting: str) -> Queue: ...

    @property
    def schools(self) -> Schools: ...

    def directory(self, school: str) -> Directory: ...

    def rolls(self, school: str) -> KeptRolls: ...

    def numbers(self, school: str) -> Numbers: ...

    def rosters(self, school: str) -> Rosters: ...

    def roster_columns(self, school: str) -> RosterColumns: ...

    def undo_notes(self, school: str) -> UndoNotes: ...

    def undo_people(self, school: str) -> UndoPeople: ...

    def claims(self, school: str) -> Claims: ...

    def uploads(self) -> Uploads: ...

    def rejected_files(self) -> Files: ...

    def audit(self, school: str) -> Audit: ...

    def lookup_key(self, school: str, epoch: int) -> bytes: ...

    def cursor_key(self, school: str) -> bytes: ...
