"""Look for what would stop a school tonight, and keep how it ended for its first page."""

from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import NotFound, TryLater
from latchkey.preflight.look_at_school import look_at_school
from latchkey.preflight.look_at_site import look_at_site
from latchkey.preflight.model.checks import Check, in_order
from latchkey.preflight.model.judge import own_checks, site_checks
from latchkey.preflight.model.kept import Kept, kept_of
from latchkey.preflight.needs import System
from latchkey.preflight.site_needs import SiteSystem
from latchkey.schools.model.school import DAY, School
from latchkey.schools.model.waiting import Notice
from latchkey.shared.model.ids import derived_id

_SAID_FOR: Final = 3_600  # seconds after which what is kept is written again though it is the same


@dataclass(frozen=True, slots=True)
class Look:
    """The checks of the site and the school's own. ``site_at``: when the site was looked at, None: never (epoch seconds)."""

    site: list[Check]
    own: list[Check]
    at: int
    site_at: int | None
    kept: Kept

    @property
    def checks(self) -> list[Check]:
        """All, what stops first."""
        return in_order([*self.site, *self.own])


def look_now(system: System, school: School) -> Look:
    """All checks as they are now, for a page. How they stand is kept where that is news."""
    return _look(system, school)


def site_now(system: SiteSystem) -> list[Check]:
    """The site's checks, asked for now."""
    return site_checks(look_at_site(system), system.now())


def look(system: System, slug: str) -> Look:
    """The daily look: as a page's, and the school's admins are mailed about what stops and did not before.

    Twice the same stop is one mail: what was told is kept, and the notice's id is made of what it tells.
    """
    school = system.schools.get(slug)
    if school is None:
        raise NotFound()
    found = _look(system, school)
    new = tuple(name for name in found.kept.stops if name not in found.kept.told)
    if not new:
        return found
    now = system.now()
    told = Kept(at=now, stops=found.kept.stops, warns=found.kept.warns, told=(*found.kept.told, *new))
    notice_id = derived_id(now - now % DAY, f"preflight/{slug}/{','.join(sorted(new))}")
    notice = Notice(id=notice_id, kind="preflight_stop", at=now, by="daily", stops=new)
    system.notices(slug).put(notice)
    system.kept_looks.put(slug, told)
    return replace(found, kept=told)


def kept_look(system: System, school: str) -> Kept | None:
    """How the last look ended, with one read; None: nobody has looked yet."""
    return system.kept_looks.of([school]).get(school)


def _look(system: System, school: School) -> Look:
    now = system.now()
    facts, brief = look_at_school(system, school)
    site, own = site_checks(brief.site, now), own_checks(brief.site, facts, now)
    before = brief.kept
    kept = kept_of([*site, *own], now, before.told if before is not None else ())
    if before is None or not before.says_the_same(kept) or now - before.at > _SAID_FOR:
        try:
            system.kept_looks.put(school.slug, kept)
        except TryLater:  # the page is right all the same, and the next look keeps it
            kept = before or kept
    return Look(site, own, now, brief.site.at if brief.site is not None else None, kept)
