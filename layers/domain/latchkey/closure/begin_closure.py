"""Begin to prepare for a closure: the notice goes up, and tonight's number is kept, so that everybody can watch it rise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latchkey.closure.model import plan
from latchkey.closure.model.rehearsal import Begun
from latchkey.closure.needs import System
from latchkey.closure.tonight import counts_of
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.schools.put_notice import put_notice
from latchkey.shared.model.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an admin asks for: the notice, and from when until when it stands (epoch seconds)."""

    notice: str
    starts_at: int
    ends_at: int


def begin(system: System, school: School, admin: Person, wanted: Wanted) -> Begun:
    """Put the notice up and note how many can log in now.

    Begun again while one is not over, the times and the notice are the new ones and the number stays that of the first time.
    """
    put_notice(system, school, admin, wanted.notice, wanted.starts_at, wanted.ends_at)
    now, closures = system.now(), system.closures(school.slug)
    before = closures.begun()
    if before is not None and before.ends_at > now:
        begun = replace(before, starts_at=wanted.starts_at, ends_at=wanted.ends_at)
    else:
        counts = counts_of(system, school)
        begun = Begun(
            id=new_id(now),
            created_at=now,
            created_by=admin.id,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            total=sum(counts.values()),
            ready=plan.ready(counts),
        )
    closures.begin(begun)
    system.audit(school.slug).record(admin.id, "closure.begin", now, {"closure": begun.id, "ready": begun.ready})
    return begun
