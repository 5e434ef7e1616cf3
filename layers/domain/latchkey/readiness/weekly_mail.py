"""The weekly mail to admins who want it: how many students can log in, what has changed in a week, and why others cannot.

It is a notice: written together with the mark of its week, so that a week has one mail however often the day's work is done, and
mailed within a minute by the schedule of each minute to those who are admins then. Who stops being one gets none, and who becomes
one again has to ask for it again.
"""

from datetime import date, timedelta
from typing import Any, Final

from latchkey.people.model.person import Person
from latchkey.readiness.model.figures import Figures, day_of, figures_of, week_of
from latchkey.readiness.needs import System
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.waiting import Notice
from latchkey.shared.model.ids import new_id

REASONS: Final = 3
_OLDEST: Final = 10
"""Days back at which figures are still last week's: where a day is missing, the one before it counts."""


def want_weekly(system: System, school: str, admin: Person, *, wanted: bool) -> None:
    """Begin or end the weekly mail for an admin; what is the case already stays as it is."""
    wishes = system.weekly(school)
    if wishes.wants(admin.id) == wanted:
        return
    now = system.now()
    wishes.put(admin.id, wanted=wanted, at=now)
    system.audit(school).record(admin.id, "readiness.weekly", now, {"wanted": "yes" if wanted else "no"})


def write_weekly(system: System, school: str) -> bool:
    """Write this week's mail unless it is written; whether this call did. Monday is when it is due: later days make up for it."""
    now, wishes = system.now(), system.weekly(school).all()
    kept, week = system.figures(school), week_of(day_of(now))
    if not wishes:
        kept.claim_week(week, now)  # whoever asks for it today gets the next week's
        return False
    today = figures_of(read_roll(system, school))
    before = [each for each in kept.since(day_of(now - (_OLDEST + 1) * 86_400), now) if each.day <= _a_week_before(today.day)]
    notice = Notice(
        id=new_id(now),
        kind="weekly_mail",
        at=now,
        by="daily",
        to=dict(wishes),
        figures=facts_of(today, before[-1] if before else None),
    )
    return kept.claim_week(week, now, system.notices(school).put_of(notice))


def facts_of(today: Figures, before: Figures | None) -> dict[str, Any]:
    """What the mail says: of students, numbers alone."""
    now = today.of("student")
    return {
        "ready": now.ready,
        "total": now.total,
        "change": now.ready - before.of("student").ready if before is not None else None,
        "reasons": [[reason, count] for reason, count in now.reasons[:REASONS]],
    }


def _a_week_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=7)).isoformat()
