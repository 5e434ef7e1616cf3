"""What the use cases of schools take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.schools.model.logo import Logo
    from latchkey.schools.stores.kept_schools import KeptSchools
    from latchkey.schools.stores.logos import Logos
    from latchkey.schools.stores.page_copies import PageCopies
    from latchkey.schools.stores.schools import Schools


class System(Protocol):
    """Its stores, keys, queues and clock."""

    def now(self) -> int: ...

    @property
    def schools(self) -> Schools: ...

    @property
    def kept_schools(self) -> KeptSchools: ...

    @property
    def page_copies(self) -> PageCopies: ...

    def logos(self, school: str) -> Logos: ...

    def logo(self, school: str, logo: str) -> Logo | None: ...

    def audit(self, school: str) -> Audit: ...
