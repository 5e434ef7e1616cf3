"""A rehearsal of the closure: every step is tried out, nothing is sent and nobody is told.

Asked for by an admin, done by a worker, because trying out a send to everybody reads everybody. It uses the dry runs that the
steps have themselves, so what it says is what they would have done. Done twice, it only looks twice; the first end is kept.
"""

from latchkey.closure.model import plan
from latchkey.closure.model.rehearsal import Found, Mails, Rehearsal
from latchkey.closure.needs import System
from latchkey.closure.tonight import chosen, counts_of, invitations, links
from latchkey.errors import NotFound, Poison, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.forecast import forecast
from latchkey.sends.model.approval import need_of
from latchkey.sends.model.send import Kind, Selection
from latchkey.sends.start_send import try_out
from latchkey.shared.model.ids import is_id, new_id


def ask_for_rehearsal(system: System, school: School, admin: Person) -> Rehearsal:
    """Set a rehearsal off; one that is under way already is the one that is meant.

    ``TryLater`` where its message cannot be put.
    """
    closures, now = system.closures(school.slug), system.now()
    latest = closures.latest()
    if latest is not None and latest.is_under_way(now):
        return latest
    rehearsal = Rehearsal(id=new_id(now), created_at=now, created_by=admin.id)
    closures.make(rehearsal)
    try:
        system.queue("PLAN_QUEUE").put({"kind": "rehearsal", "school": school.slug, "rehearsal": rehearsal.id})
    except TryLater:
        closures.end(rehearsal, "failed", now)
        raise
    system.audit(school.slug).record(admin.id, "closure.rehearse", now, {"rehearsal": rehearsal.id})
    return rehearsal


def rehearsal_of(system: System, school: str, rehearsal: str) -> Rehearsal:
    """A rehearsal of a school; ``NotFound``."""
    found = system.closures(school).get(rehearsal) if is_id(rehearsal) else None
    if found is None:
        raise NotFound()
    return found


def rehearse(system: System, slug: str, rehearsal_id: str) -> Rehearsal:
    """Try all steps out; a worker's. ``Poison`` if there is no such rehearsal."""
    school, closures = system.schools.get(slug), system.closures(slug)
    rehearsal = closures.get(rehearsal_id)
    if school is None or rehearsal is None:
        raise Poison("a rehearsal or school that does not exist")
    if rehearsal.state != "queued":
        return rehearsal
    counts = counts_of(system, school)
    found = Found(
        total=sum(counts.values()),
        ready=plan.ready(counts),
        could=plan.could(counts),
        links=_tried(system, school, chosen(links()), "password_link"),
        invitations=_tried(system, school, chosen(invitations()), "parent_invitation"),
        paper=plan.count(counts, ["student"], plan.FOR_PAPER),
        reasons=plan.still_out(counts),
    )
    return closures.end(rehearsal, "finished", system.now(), found)


def _tried(system: System, school: School, selection: Selection, kind: Kind) -> Mails:
    tried = try_out(system, school, selection, kind, decides=kind == "parent_invitation")
    return Mails(
        total=tried.total,
        to_send=tried.to_send,
        mails=tried.mails,
        skipped=dict(tried.skipped),
        seconds=forecast(system, tried.mails).seconds,
        approval=need_of(school.settings.approval, tried) is not None,
    )
