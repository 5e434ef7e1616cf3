"""Change when a scheduled send starts, or start it now; drawn in ``stores/sends``.

The reminder of the new time stands before the send says so, and the old one, when it comes, finds nothing due: one too many is
harmless. What its maker has sent alone within a day counts from the new time on; planning looks at that again.
"""

from typing import Final

from latchkey.errors import Changed, Conflict, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.control_send import Turned
from latchkey.sends.model.approval import holds
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System
from latchkey.sends.stores.reminders import Reminder
from latchkey.sends.watch_send import get_send

_TRIES: Final = 4


def can_change_time(send: Send) -> bool:
    """Whether a send waits for its time, or for somebody's approval before it, and nobody has begun with it."""
    return send.state == "queued" and not send.chunks and (send.start_at is not None or send.approval == "needed")


def change_time(system: System, school: School, admin: Person, send_id: str, start_at: int | None) -> Turned:
    """Let a send start at another time (None: now). ``Conflict`` if it has begun, or waits for nothing."""
    sends = system.sends(school.slug)
    for _ in range(_TRIES):
        send, now = get_send(system, school.slug, send_id), system.now()
        if not can_change_time(send) or (send.planning_until > now):
            raise Conflict("This message has begun or was stopped, so its time was not changed.", code=f"send_{send.state}")
        if send.start_at == start_at:
            _set_off(system, school.slug, send)
            return Turned(send, new=False)
        if start_at is not None:
            system.reminders.put(Reminder(start_at, school.slug, send.id))
        facts: dict[str, str | int] = {**facts_of(send), "start_at": start_at or now}
        event = system.audit(school.slug).record_of(admin.id, "send.time", now, facts)
        try:
            changed = sends.reschedule(send, start_at, now, event)
        except Changed:
            continue
        _set_off(system, school.slug, changed)
        return Turned(changed, new=True)
    raise TryLater("This message changes too quickly just now. Its time was not changed; try again.")


def _set_off(system: System, school: str, send: Send) -> None:
    if not holds(send, system.now()):
        try:
            system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send.id})
        except TryLater as error:
            raise TryLater("The message is to start now, but could not be set off: a service is busy. Try again.") from error
