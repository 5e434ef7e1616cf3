"""Send again what a send did not achieve: a retry of what failed, a new plan for those who had changed since it was planned, the
rest of one that was stopped, or a reminder to those who have not set a password.

Either is a new send, linked to the old one. The old ledger stays what it was, and each send's numbers add up to its own people.
"""

from typing import Final, Literal

from latchkey.errors import Changed, Conflict, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.choose_from_send import is_anybody_chosen, takers_of
from latchkey.sends.model.draft import Draft
from latchkey.sends.model.planning import DryRun
from latchkey.sends.model.send import Pick, Selection, Send
from latchkey.sends.model.send_actions import FROM, Act, refusal
from latchkey.sends.model.send_names import facts_of, whom_of
from latchkey.sends.needs import System
from latchkey.sends.start_send import start_send, try_out
from latchkey.sends.watch_send import get_send
from latchkey.shared.model.ids import new_id
from latchkey.shared.start_run import Started

_TRIES: Final = 8
Taking = Literal["retry", "replan", "rest"]
_TAKES_UP: Final[dict[Taking, tuple[Pick, str, str]]] = {
    "retry": ("failed", "Nobody's mail failed in this send, so nothing was sent.", "nobody_failed"),
    "replan": ("changed", "Nobody in this send had changed since it was planned, so nothing was sent.", "nobody_changed"),
    "rest": ("cancelled", "Nobody is left who got nothing when this send was stopped, so nothing was sent.", "nobody_left"),
}
"""Whom it picks; what is said, and by which code, where there is nobody."""
_ALL_DONE: Final = (
    "Everybody who was sent a link has set a password since. Nothing was sent.",
    "Everybody who was sent an invitation has used it since. Nothing was sent.",
)


def retry(system: System, school: School, admin: Person, send_id: str) -> Started[Send]:
    """A new send to those whose mail failed, and whom no retry has taken up yet. If there are none, the last retry.

    So however often it is asked for, and by however many at once, nobody is sent a second mail.
    """
    return _take_up(system, school, admin, send_id, "retry")


def replan(system: System, school: School, admin: Person, send_id: str) -> Started[Send]:
    """A new send to those who were skipped because they had changed, decided by what they are now; the rest as of ``retry``."""
    return _take_up(system, school, admin, send_id, "replan")


def rest(
    system: System,
    school: School,
    admin: Person,
    send_id: str,
    *,
    selection: Selection | None = None,
    start_at: int | None = None,
    settled: str | None = None,
) -> Started[Send]:
    """A new send to those who got nothing because an old one was stopped, and whom no other has taken up; as of ``retry``.

    ``settled``: the id that it gets, where that is settled.
    """
    return _take_up(system, school, admin, send_id, "rest", selection=selection, start_at=start_at, settled=settled)


def _take_up(
    system: System,
    school: School,
    admin: Person,
    send_id: str,
    act: Taking,
    *,
    selection: Selection | None = None,
    start_at: int | None = None,
    settled: str | None = None,
) -> Started[Send]:
    """A new send to those whom an old one has left and whom none has taken up yet. If there are none, the last that did."""
    pick, nobody, code = _TAKES_UP[act]
    sends, selection = system.sends(school.slug), selection or Selection(source=send_id, pick=pick)
    for _ in range(_TRIES):
        old = get_send(system, school.slug, send_id)
        _check(old, act)
        takers = takers_of(old, pick)
        last = sends.get(takers[-1]) if takers else None
        if takers and _pending(last):
            try:
                return start_send(
                    system, school, admin, selection, send_id=takers[-1], start_at=start_at, to=whom_of(old), kind=old.kind
                )
            except Invalid:
                continue  # it was planned meanwhile, and has taken all of them up
        if not is_anybody_chosen(system, school.slug, old, selection):
            if last is not None:
                return Started(last, new=False)
            raise Conflict(nobody, code=code)
        fresh, now = settled or new_id(system.now()), system.now()
        event = system.audit(school.slug).record_of(admin.id, f"send.{act}", now, {**facts_of(old), act: fresh})
        try:
            sends.add_taker(old, pick, fresh, event)
        except Changed:
            continue
        return start_send(
            system, school, admin, selection, send_id=fresh, start_at=start_at, to=whom_of(old), kind=old.kind, somebody=True
        )
    raise TryLater("This send changes too quickly just now. Nothing was sent; try again.")


def try_again(system: System, school: School, send_id: str) -> DryRun:
    """What sending again would do: to those who were sent a link and have set no password since."""
    old = get_send(system, school.slug, send_id)
    _check(old, "again")
    return try_out(system, school, those_again(old.id), old.kind)


def those_again(send_id: str) -> Selection:
    """Whom sending again means: who was sent a link by that send and has set no password since."""
    return Selection(source=send_id, pick="no_password")


def those_left(send_id: str) -> Selection:
    """Who got nothing because that send was stopped."""
    return Selection(source=send_id, pick="cancelled")


def start_from(system: System, school: School, admin: Person, draft: Draft) -> Started[Send]:
    """Send a draft; one whose people are those of an earlier send as that send's page would."""
    source, pick = draft.selection.source or "", draft.selection.pick
    if pick == "no_password":
        return again(system, school, admin, source, selection=draft.selection, settled=draft.sent_as, start_at=draft.start_at)
    if pick == "cancelled":
        return rest(system, school, admin, source, selection=draft.selection, settled=draft.sent_as, start_at=draft.start_at)
    return start_send(
        system,
        school,
        admin,
        draft.selection,
        send_id=draft.sent_as,
        start_at=draft.start_at,
        to=draft.whom or None,
        kind=draft.kind,
    )


def again(
    system: System,
    school: School,
    admin: Person,
    send_id: str,
    key: str | None = None,
    *,
    selection: Selection | None = None,
    settled: str | None = None,
    start_at: int | None = None,
) -> Started[Send]:
    """A new send to those who were sent a link and have set no password since. The same key starts one send only.

    ``settled``: the id that it gets, where that is settled.
    """
    old = get_send(system, school.slug, send_id)
    _check(old, "again")
    selection = selection or those_again(old.id)
    if not is_anybody_chosen(system, school.slug, old, selection):
        raise Conflict(_ALL_DONE[old.kind == "parent_invitation"], code="nobody_left")
    started = start_send(
        system,
        school,
        admin,
        selection,
        key,
        send_id=settled,
        start_at=start_at,
        to=whom_of(old),
        kind=old.kind,
        somebody=True,
    )
    if started.new:
        facts: dict[str, str | int] = {**facts_of(old), "again": started.run.id}
        system.audit(school.slug).record(admin.id, "send.again", system.now(), facts)
    return started


def _check(old: Send, act: Act) -> None:
    if old.state not in FROM[act]:
        raise Conflict(refusal(act, old.state), code=f"send_{old.state}")
    if act == "again" and old.kind == "parent_code_ready":
        raise Conflict("This send had no links, so nobody can be reminded of one. Nothing was sent.", code="no_links")


def _pending(taker: Send | None) -> bool:
    """Whether a retry or a new plan was recorded but is not planned yet; planning selects its recipients."""
    if taker is None or taker.was_not_queued:
        return True
    return taker.state in {"queued", "paused"} and not taker.chunks
