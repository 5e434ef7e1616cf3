"""The operator lists a school's admins, and ends the rights of one: somebody who has left, or was invited by mistake.

Nothing else takes admin rights: a roster that says that an admin has left is refused for them (``rosters/model/changes``), no
page changes rights, and a school that is deleted goes as a whole.
"""

from typing import Final

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.person import Person
from latchkey.people.stores.admins import Write
from latchkey.schools.model import guard
from latchkey.schools.model.school import ApprovalRule, School
from latchkey.schools.model.waiting import Notice
from latchkey.shared.model.ids import is_id, new_id

_TRIES: Final = 8


def list_admins(system: System, school: object) -> list[Person]:
    """Everybody with admin rights who has not left."""
    return system.admins(the_school(system, school).slug).all()


def end_admin(system: System, school: object, person: object, *, last_too: bool) -> Person:
    """Take admin rights from somebody: their sessions and links end with it, the account stays.

    ``Conflict`` for the school's last admin, unless that is wanted: nobody could then load a roster or send a link. Where one
    admin remains nobody could approve what they ask for: the school's rule of approval is switched off, what waits for it among
    the settings is dropped, and they are told by mail; sends that wait can be sent or cancelled by them.
    """
    slug = the_school(system, school).slug
    directory, admins = system.directory(slug), system.admins(slug)
    for _ in range(_TRIES):
        found = directory.person(person) if isinstance(person, str) and is_id(person) else None
        if found is None or not found.is_admin:
            raise NotFound("This is no admin of the school. The list of admins has their ids.")
        revision = admins.revision()
        others = admins.others(found.id)
        if not others and not last_too:
            raise Conflict("This is the school's last admin. Invite another first, or say that the last one is meant.")
        try:
            admins.end(found, revision, _follows(system, the_school(system, slug), found, others))
        except Changed:
            continue
        return directory.person(found.id) or found
    raise TryLater("This school's admins change too quickly just now. Nothing was changed; try again.")


def _follows(system: System, school: School, ended: Person, others: list[Person]) -> list[Write]:
    """What else is written when somebody's rights end."""
    now, audit = system.now(), system.audit(school.slug)
    writes: list[Write] = [audit.record_of("operator", "admin.end", now, {"person": ended.id, "role": ended.role})]
    rule = school.settings.approval
    if len(others) > 1 or (rule == ApprovalRule() and school.waiting is None):
        return writes
    after = guard.without_approval(school.settings)
    writes.append(system.setting_changes.write_of(school, after, None, now))
    if school.waiting is not None:
        writes.append(audit.record_of("operator", "settings.drop", now, {"change": school.waiting.id}))
    changes = tuple(guard.differences(school.settings, after))
    if changes:
        writes.append(audit.record_of("operator", "approval.off", now, {"admins": len(others)}))
        notice = Notice(id=new_id(now), kind="approval_off", at=now, by="operator", changes=changes)
        writes.append(system.notices(school.slug).put_of(notice))
    return writes
