"""Tell who made a message that it is done, or that it has paused itself: by mail, once each.

A reminder of its own stands with what is due from the moment the message is planned, and the schedule of each minute looks at it
until there is something to say. What it says is a notice, whose id is made of the message and of what it tells: whoever comes
twice, or dies between two writes, makes one mail.

    planned ── a minute later: runs ── … ── finished, and some minutes for word of the last mails ── notice, reminder forgotten
                               └── paused by a brake ── notice; looked at again, less often, until it goes on or ends

Told is who is not sitting in front of it: of a message to more than a few people, of a scheduled one, and of one that waited for
an approval. There is no setting for it: a message that stops at night, unseen, is what this is for.
"""

from dataclasses import astuple
from typing import Final

from latchkey.schools.model.waiting import Notice
from latchkey.sends.model.send import Send
from latchkey.sends.needs import System
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.model.ids import derived_id, is_id

FEW: Final = 10
"""People; of a message to no more than these, started on the spot, its maker sees the end."""
_SOON: Final = 60  # seconds
_LATER: Final = 600  # ... of one that stands still
_NEWS: Final = 300  # ... after its end, in which the mail service tells of most mails
_LONGEST: Final = 30 * 86_400


def is_told(send: Send) -> bool:
    """Whether a message's maker is told how it ends."""
    if send.origin != "admin" or not is_id(send.created_by):
        return False
    return send.total > FEW or send.start_at is not None or send.approval is not None


def watch_for_author(system: System, school: str, send: Send) -> None:
    """Have a message looked at that has just been planned."""
    if is_told(send):
        system.reminders.put(Reminder(system.now() + _SOON, school, send.id, author=True))


def look_for_author(system: System, reminder: Reminder) -> None:
    """Look at a message, and say what there is to say. The next look stands before this one is forgotten."""
    now, school = system.now(), reminder.school
    send = system.sends(school).get(reminder.send)
    if send is not None and now < send.created_at + _LONGEST:
        if send.state == "finished" and now >= (send.finished_at or now) + _NEWS:
            _tell(system, school, send, "send_done", send.id)
        elif send.was_braked:
            # A brake counts from where it was resumed last: the same brake is told of once, the next one again.
            _tell(system, school, send, "send_braked", f"{send.id}/{astuple(send.braked)}")
            system.reminders.put(Reminder(now + _LATER, school, send.id, author=True))
        elif send.state not in {"cancelled", "failed"}:
            system.reminders.put(Reminder(now + (_LATER if send.state == "paused" else _SOON), school, send.id, author=True))
    system.reminders.forget(reminder)


def _tell(system: System, school: str, send: Send, kind: str, what: str) -> None:
    notice = Notice(
        id=derived_id(send.created_at, f"{kind}/{school}/{what}"),
        kind="send_done" if kind == "send_done" else "send_braked",
        at=system.now(),
        by="start_due",
        send=send.id,
        person=send.created_by,
    )
    system.notices(school).put(notice)
