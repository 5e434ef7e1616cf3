"""Write the copy of a school's public page, which visitors see while the API fails."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import Final

from latchkey.errors import LatchkeyError
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.school import School
from latchkey.schools.needs import System

AT_ONCE: Final = 500  # pages; a worker has time for them many times over
log = logging.getLogger(__name__)

Page = Callable[[School, int, Logo | None], str]
"""The page of a school as it is at a moment (epoch seconds), with its logo."""


@dataclass(frozen=True, slots=True)
class Published:
    """How many copies were written, how many schools had none written, and after which school to go on (None: done)."""

    written: int
    failed: int
    next: str | None


def publish_page(system: System, slug: str, page: Page, known: School | None = None) -> bool:
    """Write the copy of a page as its school is now. False: the old copy stays, and whoever changed the school is not told so.

    The copy is for bad days; a change of settings must not fail because S3 has one. ``known``: the school as it was read just
    now, after the change.
    """
    try:
        return renew_page(system, slug, page, known)
    except LatchkeyError:
        log.warning("copy of a page not written", extra={"school": slug})
        return False


def renew_page(system: System, slug: str, page: Page, known: School | None = None) -> bool:
    """Write the copy of a page whose notice appears or goes at this moment; whether there is such a school still.

    ``TryLater`` where it cannot be written now: who asks comes again.
    """
    school = known or system.schools.get(slug)
    if school is None:
        return False
    logo = system.logo(slug, school.settings.logo)
    system.page_copies.put(slug, page(school, system.now(), logo))
    return True


def publish_pages(system: System, page: Page, after: str = "") -> Published:
    """Write the copies of up to 500 schools, in the order of slugs: after a release, whose style sheet has another address."""
    slugs = dropwhile(lambda slug: slug <= after, (school["slug"] for school in system.schools.all()))
    taken = list(islice(slugs, AT_ONCE))
    written = sum(publish_page(system, slug, page) for slug in taken)
    return Published(written, len(taken) - written, taken[-1] if len(taken) == AT_ONCE else None)
