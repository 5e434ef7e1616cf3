"""Begin to prepare for a closure: the notice goes up, and tonight's number is kept, so that everybody can watch it rise."""

from dataclasses import replace

from latchkey.closure.model import plan
from latchkey.closure.model.rehearsal import Begun
from latchkey.closure.needs import System
from latchkey.closure.tonight import counts_of
from latchkey.people.model.person import Person
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School
from latchkey.schools.publish_page import Page
from latchkey.schools.put_notice import put_notice
from latchkey.shared.model.ids import new_id


def begin(system: System, school: School, admin: Person, notice: PageNotice, page: Page) -> Begun:
    """Put the notice up and note how many can log in now. ``page`` makes the school's page.

    Begun again while one is not over, the notice and its times are the new ones and the number stays that of the first time.
    """
    put_notice(system, school, admin, notice, page)
    now, closures = system.now(), system.closures(school.slug)
    before = closures.begun()
    starts_at, ends_at = notice.starts_at or now, notice.ends_at or now
    if before is not None and before.ends_at > now:
        begun = replace(before, starts_at=starts_at, ends_at=ends_at)
    else:
        counts = counts_of(system, school)
        total, ready = sum(counts.values()), plan.ready(counts)
        begun = Begun(
            id=new_id(now),
            created_at=now,
            created_by=admin.id,
            starts_at=starts_at,
            ends_at=ends_at,
            total=total,
            ready=ready,
        )
    closures.begin(begun)
    system.audit(school.slug).record(admin.id, "closure.begin", now, {"closure": begun.id, "ready": begun.ready})
    return begun
