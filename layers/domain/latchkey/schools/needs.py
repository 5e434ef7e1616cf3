"""What the use cases of schools take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.people.stores.admins import Admins
    from latchkey.schools.model.logo import Logo
    from latchkey.schools.stores.kept_schools import KeptSchools
    from latchkey.schools.stores.logos import Logos
    from latchkey.schools.stores.notices import Notices
    from latchkey.schools.stores.page_copies import PageCopies
    from latchkey.schools.stores.schools import Schools
    from latchkey.schools.stores.setting_changes import SettingChanges


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

    def admins(self, school: str) -> Admins: ...

    def notices(self, school: str) -> Notices: ...

    @property
    def setting_changes(self) -> SettingChanges: ...

    def audit(self, school: str) -> Audit: ...
