"""What the use cases of readiness take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.roll import needs as roll

if TYPE_CHECKING:
    from latchkey.login_details.stores.runs import Exports
    from latchkey.readiness.stores.figures import KeptFigures
    from latchkey.readiness.stores.weekly import WeeklyWishes
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.sends.stores.sends import Sends
    from latchkey.shared.stores.files import Files
    from latchkey.shared.stores.queues import Queue


class System(roll.System, Protocol):
    """Its stores, keys, queues and clock, and what the roll takes."""

    def sends(self, school: str) -> Sends: ...

    def exports(self, school: str) -> Exports: ...

    def rosters(self, school: str) -> Rosters: ...

    def figures(self, school: str) -> KeptFigures: ...

    def weekly(self, school: str) -> WeeklyWishes: ...

    def queue(self, setting: str) -> Queue: ...

    def export_files(self) -> Files: ...
