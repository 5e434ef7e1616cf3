"""What the use cases of sign in take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.schools import needs as schools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latchkey.people.stores.people import Directory
    from latchkey.shared.stores.counters import Counters
    from latchkey.sign_in.stores.bearers import Bearers
    from latchkey.sign_in.stores.credentials import Candidates, Credentials
    from latchkey.sign_in.stores.failures import Failures
    from latchkey.sign_in.stores.sessions import Sessions


class System(schools.System, Protocol):
    """Its stores, keys, queues and clock, and what schools takes."""

    def directory(self, school: str) -> Directory: ...

    def credentials(self, school: str) -> Credentials: ...

    def candidates(self, school: str, ids: Sequence[str]) -> Candidates: ...

    def failures(self, school: str) -> Failures: ...

    def bearers(self, school: str) -> Bearers: ...

    def sessions(self, school: str) -> Sessions: ...

    def counters(self, setting: str, school: str) -> Counters: ...

    def lookup_key(self, school: str, epoch: int) -> bytes: ...

    def cursor_key(self, school: str) -> bytes: ...
