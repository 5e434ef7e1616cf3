"""Every minute: start the sends whose time has come, give up those that nobody approved in time, mail admins their notices.

And write the copies of pages whose notice appears or goes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from latchkey.errors import Changed, TryLater
from latchkey.second_factors.lost_factors import take_lost
from latchkey.sends.ask_unconfirmed import end_unconfirmed
from latchkey.sends.mail_notices import mail_notice
from latchkey.sends.model.approval import holds
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System
from latchkey.sends.stores.reminders import Reminder
from latchkey.sends.tell_author import look_for_author

_GRACE = 600  # seconds in which a send may still be on its way into the table after its reminder


@dataclass(slots=True)
class Looked:
    """How many sends were started or given up, mails sent to admins, copies of pages written, and what has to wait."""

    started: int = 0
    given_up: int = 0
    notices: int = 0
    ended: int = 0
    factors_reset: int = 0
    pages: int = 0
    left: int = 0


def start_due(system: System, renew_page: Callable[[str], bool] | None = None) -> Looked:
    """Look at what is due. A reminder goes when its send is on the queue; twice on the queue harms nothing.

    ``renew_page`` writes the copy of a school's page; without it such reminders stay.
    """
    looked, now = Looked(), system.now()
    for reminder in system.reminders.until(now):
        try:
            if reminder.page:
                _renew(system, reminder, looked, renew_page)
            else:
                _look(system, reminder, looked, now)
        except TryLater:
            looked.left += 1
    return looked


def _renew(system: System, reminder: Reminder, looked: Looked, renew_page: Callable[[str], bool] | None) -> None:
    if renew_page is not None:
        looked.pages += renew_page(reminder.school)
        system.reminders.forget(reminder)


def _look(system: System, reminder: Reminder, looked: Looked, now: int) -> None:
    if reminder.notice is not None:
        looked.notices += mail_notice(system, reminder.school, reminder.notice)
        system.reminders.forget(reminder)
        return
    if reminder.factors is not None:
        looked.factors_reset += take_lost(system, reminder.school, reminder.send, reminder.factors)
        system.reminders.forget(reminder)
        return
    if reminder.person:
        looked.ended += end_unconfirmed(system, reminder.school, reminder.send)
        system.reminders.forget(reminder)
        return
    if reminder.author:
        look_for_author(system, reminder)
        return
    send = system.sends(reminder.school).get(reminder.send)
    if send is None and reminder.at > now - _GRACE:
        return
    if send is not None and send.state in {"queued", "paused"}:
        if send.approval == "needed" and (send.approve_by or 0) <= now:
            looked.given_up += _give_up(system, reminder.school, send, now)
        elif send.state == "queued" and not holds(send, now):
            system.queue("PLAN_QUEUE").put({"kind": "send", "school": reminder.school, "send": send.id})
            looked.started += 1
    system.reminders.forget(reminder)


def _give_up(system: System, school: str, send: Send, now: int) -> bool:
    event = system.audit(school).record_of("start_due", "send.not_approved", now, facts_of(send))
    try:
        system.sends(school).give_up(send, now, event)
    except Changed:
        return False  # somebody was quicker: whoever approves a send sets it off
    return True
