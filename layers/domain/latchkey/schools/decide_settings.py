"""Approve, decline or withdraw changes of settings that wait for a second admin."""

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.change_settings import TRIES, fields_of
from latchkey.schools.model import guard
from latchkey.schools.model.school import School, Settings
from latchkey.schools.model.waiting import Notice, Outcome, Waiting
from latchkey.schools.needs import System
from latchkey.shared.model.ids import is_id, new_id


def approve(system: System, school: str, admin: Person, change: str) -> Settings:
    """Agree to what another admin has asked for: it applies now. The settings as they then are."""
    for _ in range(TRIES):
        before, waiting = _waiting(system, school, change)
        if waiting.by == admin.id:
            raise Conflict("You asked for this, so another admin has to approve it. Nothing was changed.", code="own_change")
        now = system.now()
        after = guard.done(before.settings, waiting.changes)
        facts = {**_facts(waiting), "by": waiting.by}
        event = system.audit(school).record_of(admin.id, "settings.approve", now, facts)
        notice = Notice(
            id=new_id(now), kind="settings_changed", at=now, by=waiting.by, approved_by=admin.id, changes=waiting.changes
        )
        try:
            system.setting_changes.write(before, after, None, [event, system.notices(school).put_of(notice)], now)
        except Changed:
            continue
        return after
    raise _too_quick()


def decline(system: System, school: str, admin: Person, change: str) -> Settings:
    """Refuse what another admin has asked for. The settings stay as they are."""
    for _ in range(TRIES):
        before, waiting = _waiting(system, school, change)
        if waiting.by == admin.id:
            raise Conflict("You asked for this change yourself. Withdraw it instead. Nothing was changed.", code="own_change")
        event = system.audit(school).record_of(admin.id, "settings.decline", system.now(), {**_facts(waiting), "by": waiting.by})
        try:
            system.setting_changes.write(
                before, before.settings, None, [event, _told(system, school, admin, waiting, "declined")]
            )
        except Changed:
            continue
        return before.settings
    raise _too_quick()


def withdraw(system: System, school: str, admin: Person, change: str) -> Settings:
    """Take back what one has asked for oneself. The settings stay as they are."""
    for _ in range(TRIES):
        before, waiting = _waiting(system, school, change)
        if waiting.by != admin.id:
            raise Conflict("Another admin asked for this change. Decline it instead. Nothing was changed.", code="not_own_change")
        event = system.audit(school).record_of(admin.id, "settings.withdraw", system.now(), _facts(waiting))
        try:
            system.setting_changes.write(
                before, before.settings, None, [event, _told(system, school, admin, waiting, "withdrawn")]
            )
        except Changed:
            continue
        return before.settings
    raise _too_quick()


def _waiting(system: System, school: str, change: str) -> tuple[School, Waiting]:
    """The school and its changes that wait, if they are still those that were seen."""
    before = system.schools.get(school) if is_id(change) else None
    if before is None:
        raise NotFound()
    waiting = guard.waiting_now(before, system.now())
    if waiting is None or waiting.id != change:
        raise Conflict(
            "This change waits no longer: it was decided, withdrawn, asked for anew, or seven days have passed. "
            "Nothing was changed.",
            code="waits_no_longer",
        )
    if not guard.holds(before.settings, waiting.changes):
        raise Conflict("These settings were changed since. Ask for the change anew. Nothing was changed.", code="waits_no_longer")
    return before, waiting


def _told(system: System, school: str, by: Person, waiting: Waiting, outcome: Outcome) -> EventWrite:
    """The notice to all admins of what is not done."""
    now = system.now()
    notice = Notice(id=new_id(now), kind="settings_decided", at=now, by=by.id, changes=waiting.changes, outcome=outcome)
    return system.notices(school).put_of(notice)


def _facts(waiting: Waiting) -> dict[str, str | int]:
    return {"fields": fields_of(waiting.changes), "change": waiting.id}


def _too_quick() -> TryLater:
    return TryLater("These settings change too quickly just now. Nothing was changed; try again.")
