"""What the use cases of preflight take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.roll import needs as roll

if TYPE_CHECKING:
    from latchkey.preflight.stores.kept_looks import KeptLooks
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.schools.stores.notices import Notices
    from latchkey.schools.stores.schools import Schools
    from latchkey.sends.stores.sends import Sends
    from latchkey.shared.stores.counters import Counters
    from latchkey.shared.stores.queues import Queue
    from latchkey.sso.stores.connection_looks import ConnectionLooks
    from latchkey.sso.stores.connections import Connections


class System(roll.System, Protocol):
    """What looking at a school takes, and what the roll takes."""

    @property
    def schools(self) -> Schools: ...

    @property
    def kept_looks(self) -> KeptLooks: ...

    def counters(self, setting: str, school: str) -> Counters: ...

    def queue(self, setting: str) -> Queue: ...

    def rosters(self, school: str) -> Rosters: ...

    def sends(self, school: str) -> Sends: ...

    def notices(self, school: str) -> Notices: ...

    def connections(self, school: str) -> Connections: ...

    def sso_looks(self, school: str) -> ConnectionLooks: ...
