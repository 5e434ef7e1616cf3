"""Approve a send that another admin has made; one that goes beyond what its maker may send alone waits for this."""

from typing import Final

from latchkey.errors import Changed, Conflict, TryLater
from latchkey.people.model.person import Person
from latchkey.sends.control_send import Turned
from latchkey.sends.model.approval import holds
from latchkey.sends.model.send_actions import refusal
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System
from latchkey.sends.watch_send import get_send

_TRIES: Final = 8


def approve(system: System, school: str, admin: Person, send_id: str) -> Turned:
    """Agree to a send. It starts now, or at its time; asking twice changes nothing.

    Nobody agrees to a send of their own, unless they are the school's only admin by now: then nobody else ever could.
    """
    for _ in range(_TRIES):
        send, now = get_send(system, school, send_id), system.now()
        new = send.approval == "needed"
        if new:
            if send.state not in {"queued", "paused"}:
                raise Conflict(refusal("pause", send.state), code=f"send_{send.state}")
            if send.created_by == admin.id and system.admins(school).others(admin.id):
                raise Conflict("You made this send, so another admin has to approve it. Nothing was sent.", code="own_send")
            if (send.approve_by or 0) <= now:
                raise Conflict("Nobody approved this send in seven days. Nothing was sent; start a new one.", code="too_late")
            event = system.audit(school).record_of(admin.id, "send.approve", now, {**facts_of(send), "by": send.created_by})
            try:
                send = system.sends(school).approve(send, admin.id, event)
            except Changed:
                continue
        elif send.approval is None:
            raise Conflict("This send needs no approval. Nothing was changed.", code="no_approval_needed")
        if send.state == "queued" and not holds(send, now):
            try:
                system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send_id})
            except TryLater as error:
                raise TryLater("The send is approved but could not be set off: a service is busy. Approve it again.") from error
        return Turned(send, new)
    raise TryLater("This send changes too quickly just now. Nothing was changed; try again.")
