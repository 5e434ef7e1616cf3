"""The operator lets a school's admins sign in with passwords again: its own sign-in is down, and nobody gets in who could say so.

One conditional write with its event and the notice to all admins. Who has forgotten the password has a link mailed as usual.
"""

from dataclasses import replace
from typing import Final

from latchkey.errors import Changed, TryLater
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.schools.model import guard
from latchkey.schools.model.settings_changes import facts_of
from latchkey.schools.model.waiting import Notice
from latchkey.shared.model.ids import new_id

_TRIES: Final = 8


def free_admins(system: System, school: object) -> bool:
    """Let admins choose between password and the school's own sign-in; False where they could already."""
    for _ in range(_TRIES):
        before = the_school(system, school)
        if before.settings.sso.admins != "must":
            return False
        now, after = system.now(), replace(before.settings, sso=replace(before.settings.sso, admins="may"))
        event = system.audit(before.slug).record_of("operator", "settings.change", now, facts_of(before.settings, after, ["sso"]))
        changes = tuple(guard.differences(before.settings, after))
        told = Notice(id=new_id(now), kind="settings_changed", at=now, by="operator", changes=changes)
        try:
            waiting = before.waiting
            system.setting_changes.write(before, after, waiting, [event, system.notices(before.slug).put_of(told)], now)
        except Changed:
            continue
        return True
    raise TryLater("The school's settings change too quickly just now. Nothing was changed; try again.")
