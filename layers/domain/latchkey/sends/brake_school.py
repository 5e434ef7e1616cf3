"""Pause a school's sends when too much of what it mailed in 24 hours came back, however small each send is."""

from latchkey.errors import Changed
from latchkey.sends.model.school_brake import SchoolBrake, school_brake_reason
from latchkey.sends.model.send import Send, Tally
from latchkey.sends.needs import System


def brake_school(system: System, school: str) -> int:
    """Pause what runs if the school's day says so; how many sends this did. Each once only, with its audit event."""
    reason, running, day = _judged(system, school)
    return sum(_pause(system, school, send, reason, day) for send in running) if reason else 0


def braked_now(system: System, school: str) -> SchoolBrake | None:
    """Why a send that was just planned has to wait for an admin, if it does."""
    return _judged(system, school)[0]


def record_brake(system: System, school: str, send: Send, reason: SchoolBrake, by: str) -> None:
    """The audit event of a send that was paused before it began."""
    day = system.school_hours(school).day(system.now())
    system.audit(school).record(by, "send.brake", system.now(), _facts(send, reason, day))


def _judged(system: System, school: str) -> tuple[SchoolBrake | None, list[Send], Tally]:
    """Why the school's sends have to be paused, and those that run: looked up only where there is a reason."""
    day = system.school_hours(school).day(system.now())
    if school_brake_reason(day) is None:
        return None, [], day
    running = [send for send in system.sends(school).all() if send.state == "running"]
    # Word of a mail can come before its worker has written down that it went: those in hand are out, too.
    return school_brake_reason(day, sum(send.counts.get("sending", 0) for send in running)), running, day


def _pause(system: System, school: str, send: Send, reason: SchoolBrake, day: Tally) -> bool:
    event = system.audit(school).record_of("mail_feedback", "send.brake", system.now(), _facts(send, reason, day))
    try:
        system.sends(school).brake(send, reason, event)
    except Changed:
        return False
    return True


def _facts(send: Send, reason: SchoolBrake, day: Tally) -> dict[str, str | int]:
    return {"send": send.id, "reason": reason, "mails": day.out, "bounced": day.hard, "complained": day.complained}
