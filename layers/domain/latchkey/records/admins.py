"""One admin ends another's rights, or their own, and never the last one's; and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.records.address_changes import without
from latchkey.records.the_person import the_person
from latchkey.schools.model import guard
from latchkey.schools.model.local_admins import is_last
from latchkey.schools.model.school import ApprovalRule, School
from latchkey.schools.model.waiting import Notice
from latchkey.shared.model.ids import new_id

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.people.model.person import Person
    from latchkey.people.stores.admins import Write
    from latchkey.records.needs import System
    from latchkey.schools.stores.notices import Notices
    from latchkey.schools.stores.setting_changes import SettingChanges

_ROUNDS: Final = 5
_LAST_LOCAL: Final = (
    "They are the last admin who can get in with a password when the school’s own sign-in is down. Choose another for that "
    "first, in the settings of single sign-on."
)


class Follows(Protocol):
    """What ending an admin's rights takes, of the console and of the operator."""

    def now(self) -> int: ...

    def audit(self, school: str) -> Audit: ...

    def notices(self, school: str) -> Notices: ...

    @property
    def setting_changes(self) -> SettingChanges: ...


def end_admin(system: System, school: School, by: Person, person: str) -> None:
    """Take admin rights from somebody: their sessions and links end with it, the account stays.

    ``NotFound`` for who is no admin; ``Conflict`` for the last one: nobody could then load a roster or send a link; and for the
    last who keeps a password where all others must use the school's own sign-in.
    """
    slug = school.slug
    admins = system.admins(slug)
    for _ in range(_ROUNDS):
        found = the_person(system, slug, person)
        revision = admins.revision()
        others = admins.others(found.id)
        if not found.is_admin or (by.id != found.id and all(each.id != by.id for each in others)):
            raise NotFound()  # or who asks is no admin any more
        if not others:
            raise Conflict("This is the school’s last admin. Invite another first.", code="last_admin")
        known = system.schools.get(slug) or school
        if is_last(known, found, others):
            raise Conflict(_LAST_LOCAL, code="last_local_admin")
        try:
            admins.end(found, revision, follows(system, known, by.id, found, others))
        except Changed:
            continue
        return
    raise TryLater()


def follows(system: Follows, school: School, by: str, ended: Person, others: list[Person]) -> list[Write]:
    """What else is written when somebody's rights end: the school's item once, if anything of it changes."""
    now, audit = system.now(), system.audit(school.slug)
    told = Notice(id=new_id(now), kind="admin_ended", at=now, by=by, person=ended.id)
    writes: list[Write] = [
        audit.record_of(by, "admin.end", now, {"person": ended.id, "role": ended.role}),
        system.notices(school.slug).put_of(told),
    ]
    left = without(school, ended.id)
    dropped = (each for each in school.admin_emails if each not in left)
    writes += [audit.record_of(by, "admin.email_drop", now, {"person": each.person, "change": each.id}) for each in dropped]
    addresses = left if left != school.admin_emails else None
    rule = school.settings.approval
    if len(others) > 1 or (rule == ApprovalRule() and school.waiting is None):
        return writes if addresses is None else [*writes, system.setting_changes.write_addresses_of(school, addresses)]
    after = guard.without_approval(school.settings)
    writes.append(system.setting_changes.write_of(school, after, None, now, addresses=addresses))
    if school.waiting is not None:
        writes.append(audit.record_of(by, "settings.drop", now, {"change": school.waiting.id}))
    changes = tuple(guard.differences(school.settings, after))
    if changes:
        writes.append(audit.record_of(by, "approval.off", now, {"admins": len(others)}))
        notice = Notice(id=new_id(now), kind="approval_off", at=now, by=by, changes=changes)
        writes.append(system.notices(school.slug).put_of(notice))
    return writes
