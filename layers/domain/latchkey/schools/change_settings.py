"""Change a school's settings; what one admin cannot change alone waits for a second one, where there is one."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed, Conflict, Invalid, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model import guard, logo, settings_changes, settings_rules
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School, Settings
from latchkey.schools.model.waiting import Change, Notice, Waiting
from latchkey.schools.needs import System
from latchkey.schools.stores.setting_changes import changed
from latchkey.shared.model.ids import new_id

TRIES: Final = 8
ALONE: Final = (
    "A second admin has to approve such sends, and you are the only admin of this school, so none could ever go out. "
    "Ask whoever runs this site to invite another admin first."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The settings in force after a request; the changes that wait for a second admin, and whether this request asked for any.

    ``changed`` are the names of the settings that are different now because of it.
    """

    settings: Settings
    waiting: Waiting | None = None
    asked: bool = False
    changed: tuple[str, ...] = ()


def change_settings(system: System, school: School, admin: Person, values: Mapping[str, object]) -> Outcome:
    """Change the settings that ``values`` names and write what really changed, so that two admins do not undo each other.

    Guarded changes wait where somebody else can approve them, and apply at once where nobody can; all admins are told by mail.
    The same admin's second request joins the first; another admin's is refused until the first is decided (409).
    """
    return change_by(system, school, admin, lambda before: settings_rules.change(before.settings, values), values)


def change_by(
    system: System,
    school: School,
    admin: Person,
    wanted: Callable[[School], Settings],
    values: Mapping[str, object] | None = None,
    *,
    known: School | None = None,
) -> Outcome:
    """Change them as ``wanted`` says of the school as it is just now: it may be asked again, when somebody else was quicker.

    ``known``: the school as it was read just now, where somebody has it.
    """
    for _ in range(TRIES):
        before, known = known or system.schools.get(school.slug), None
        if before is None:
            raise NotFound()
        after = wanted(before)
        try:
            return _change(system, before, after, admin, values or {})
        except Changed:
            continue
    raise TryLater("These settings change too quickly just now. Nothing was changed; try again.")


def _change(system: System, before: School, after: Settings, admin: Person, values: Mapping[str, object]) -> Outcome:
    now = system.now()
    waiting = guard.waiting_now(before, now)
    if after == before.settings:
        return Outcome(after, waiting)
    asked = [change for change in guard.differences(before.settings, after) if guard.needs_second(change)]
    switches_on = guard.switches_on(before.settings, after)
    alone = bool(asked or switches_on) and not system.admins(before.slug).others(admin.id)
    if alone and switches_on:
        raise Invalid("Nothing was changed.", fields={"approval.above": ALONE})
    if asked and not alone:
        if waiting is not None and waiting.by != admin.id:
            raise Conflict(
                "Another admin's change of settings waits for approval. Approve or decline it first. Nothing was changed.",
                code="change_waits",
            )
        after = guard.undone(after, asked)
        wanted: Waiting | None = guard.joined(waiting, asked, admin.id, new_id(now), now)
    else:
        wanted = None if alone else waiting
    if wanted is not None and not guard.holds(after, wanted.changes):
        wanted = None  # the same setting was changed meanwhile by what needs nobody else: ask for it anew
    if after == before.settings and wanted == waiting:
        return Outcome(after, waiting, asked=True)
    _put_logo(system, before, after, values)
    told = [
        *_applied(system, before, after, admin, now),
        *_asked(system, before, wanted, admin, now),
        *_turns(system, before, after, now),
    ]
    system.setting_changes.write(before, after, wanted, told, now)
    now_different = tuple(changed(before.settings, after))
    return Outcome(after, wanted, asked=bool(asked) and wanted is not None, changed=now_different)


def _put_logo(system: System, before: School, after: Settings, values: Mapping[str, object]) -> None:
    if after.logo != before.settings.logo:
        picture = values["logo_png"]
        system.logos(before.slug).put(logo.read(picture) if picture else None)


def _applied(system: System, before: School, after: Settings, admin: Person, now: int) -> Iterator[EventWrite]:
    """The event of what applies now, and the notice to admins."""
    if names := changed(before.settings, after):
        yield system.audit(before.slug).record_of(
            admin.id, "settings.change", now, settings_changes.facts_of(before.settings, after, names)
        )
    if changes := guard.differences(before.settings, after):
        notice = Notice(id=new_id(now), kind="settings_changed", at=now, by=admin.id, changes=tuple(changes))
        yield system.notices(before.slug).put_of(notice)


def _turns(system: System, before: School, after: Settings, now: int) -> Iterator[EventWrite]:
    """What has the copy of the page written again when the notice appears and goes; what an earlier notice left does no harm."""
    notice = PageNotice.of(after)
    if notice != PageNotice.of(before.settings):
        yield from (system.notices(before.slug).look_at_page_of(at) for at in notice.turns(now))


def _asked(system: System, before: School, wanted: Waiting | None, admin: Person, now: int) -> Iterator[EventWrite]:
    """The event of what waits from now on, and the notice to admins."""
    if wanted is not None and wanted != before.waiting:
        facts: dict[str, str | int] = {"fields": fields_of(wanted.changes), "change": wanted.id}
        yield system.audit(before.slug).record_of(admin.id, "settings.ask", now, facts)
        notice = Notice(id=wanted.id, kind="settings_waiting", at=now, by=admin.id, changes=wanted.changes)
        yield system.notices(before.slug).put_of(notice)
        lapsed = Notice(
            id=new_id(now),
            kind="settings_decided",
            at=wanted.until,
            by=admin.id,
            changes=wanted.changes,
            outcome="lapsed",
            waits=wanted.id,
        )
        yield system.notices(before.slug).put_of(lapsed)


def fields_of(changes: tuple[Change, ...]) -> str:
    """The settings of some changes, for the audit trail."""
    return ", ".join(change.setting for change in changes)


def logo_in_page(system: System, school: School) -> str:
    """The school's logo as a URL that holds it, or nothing."""
    found = system.logo(school.slug, school.settings.logo)
    return f"data:image/png;base64,{b64encode(found.png).decode()}" if found else ""
