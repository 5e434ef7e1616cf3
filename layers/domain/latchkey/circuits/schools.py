"""The stores of schools themselves: settings, pages, notices, audit trail, closures."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latchkey.circuits.base import Base

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.closure.stores.closures import Closures
    from latchkey.schools.model.logo import Logo
    from latchkey.schools.stores.kept_schools import KeptSchools
    from latchkey.schools.stores.logos import Logos
    from latchkey.schools.stores.notices import Notices
    from latchkey.schools.stores.page_copies import PageCopies
    from latchkey.schools.stores.schools import Schools
    from latchkey.schools.stores.setting_changes import SettingChanges


class OfSchools(Base):
    """Stores of schools."""

    @cached_property
    def schools(self) -> Schools:
        """All schools."""
        from latchkey.schools.stores.schools import Schools

        return Schools(self.table("DIRECTORY_TABLE"))

    @cached_property
    def kept_schools(self) -> KeptSchools:
        """All schools, at most a minute old: for pages that everybody sees."""
        from latchkey.schools.stores.kept_schools import KeptSchools

        return KeptSchools(self.schools, self.now)

    @property
    def setting_changes(self) -> SettingChanges:
        """The changes of schools' settings."""
        from latchkey.schools.stores.setting_changes import SettingChanges

        return SettingChanges(self.client("dynamodb"), self.table("DIRECTORY_TABLE"))

    def notices(self, school: str) -> Notices:
        """What a school's admins are to be told by mail."""
        from latchkey.schools.stores.notices import Notices

        return Notices(self.table("ACTIVITY_TABLE"), school)

    def logos(self, school: str) -> Logos:
        """A school's logo."""
        from latchkey.schools.stores.logos import Logos

        return Logos(self.table("DIRECTORY_TABLE"), school)

    @property
    def page_copies(self) -> PageCopies:
        """The copies of schools' public pages."""
        from latchkey.schools.stores.page_copies import PageCopies

        return PageCopies(self.client("s3"), self.settings["PAGES_BUCKET"])

    def logo(self, school: str, logo: str) -> Logo | None:
        """The logo with this id, read once; where the school has just taken another, that one."""
        if not logo:
            return None
        kept, found = self._kept_logos.get(school, ("", None))
        if kept != logo:
            found = self.logos(school).get()
            self._kept_logos[school] = (logo, found)
        return found

    @cached_property
    def _kept_logos(self) -> dict[str, tuple[str, Logo | None]]:
        return {}

    def audit(self, school: str) -> Audit:
        """A school's audit trail."""
        from latchkey.audit.stores.audit import Audit

        return Audit(self.table("ACTIVITY_TABLE"), school, lambda: self._visitor(school))

    def _visitor(self, school: str) -> str | None:
        """The mark of the visitor whose request is being answered, under the school's key; None in a worker."""
        from latchkey.audit.model.visitors import mark, who_asks

        address = who_asks()
        return mark(self.cursor_key(school), address) if address else None

    def closures(self, school: str) -> Closures:
        """Closures of a school that were begun, and their rehearsals."""
        from latchkey.closure.stores.closures import Closures

        return Closures(self.table("ACTIVITY_TABLE"), school)
