"""Pause, resume and cancel a send: each turns its state in one conditional write, whatever the workers are doing meanwhile.

A worker takes a chunk only while its send runs, in the same transaction. So from the turn on nothing new goes out; what is with
the mail service at that moment ends as it ends. Asking twice changes nothing.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.errors import Changed, Conflict, TryLater
from latchkey.people.model.person import Person
from latchkey.roll.read_roll import read_roll
from latchkey.sends.model.figures import figures, went_out
from latchkey.sends.model.ledger import open_of
from latchkey.sends.model.outline import is_large
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_actions import DONE, FROM, Act, refusal, to_revoke
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System
from latchkey.sends.watch_send import get_send
from latchkey.shared.model.ids import is_id

CANCEL_STEP: Final = 100  # chunks of one message: 5,000 people
_LOOKED_UP: Final = 30  # invitations, of which the roll does not know enough
_TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Turned:
    """A send as it is now, and whether this request changed it (False: it was so already)."""

    send: Send
    new: bool


@dataclass(frozen=True, slots=True)
class CancelImpact:
    """Whom cancelling hits: ``waiting`` people get no mail; revoking hits ``links`` people (at most, if not ``exact``).

    Of those who wait, the mails of ``in_hand`` are with the mail service at this moment, and still go out.
    """

    waiting: int
    links: int
    exact: bool
    in_hand: int = 0


def pause(system: System, school: str, admin: Person, send_id: str) -> Turned:
    """Hold a send: nothing more is planned or goes out until it is resumed."""
    return _turn(system, school, admin, send_id, "pause")


def resume(system: System, school: str, admin: Person, send_id: str) -> Turned:
    """Let a paused send go on where it stopped."""
    turned = _turn(system, school, admin, send_id, "resume")
    if turned.send.state in DONE["resume"]:  # and not finished, because nothing was left
        try:
            system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send_id})
        except TryLater as error:
            raise TryLater("The send is resumed, but its mails could not be set off. Resume it again.") from error
    return turned


def cancel(system: System, school: str, admin: Person, send_id: str, *, revoke: bool = False) -> Turned:
    """Stop a send for good. ``revoke``: the links that are out stop working too, for whoever has not set a password by now.

    A send that was cancelled without it can be cancelled with it later.
    """
    turned = _turn(system, school, admin, send_id, "cancel", revoke=revoke)
    if not turned.send.chunks and is_id(turned.send.created_by):  # it goes to nobody, so it counts for nobody
        system.allowances(school).give_back(turned.send.created_by, send_id, system.now())
    firsts = range(1, turned.send.chunks + 1, CANCEL_STEP)
    try:
        system.queue("PLAN_QUEUE").put_many(
            {"kind": "cancel", "school": school, "send": send_id, "chunk": first} for first in firsts
        )
    except TryLater as error:
        raise TryLater("No more mails go out, but the rest could not be done: a service is busy. Cancel it again.") from error
    return turned


def impact(system: System, school: str, send_id: str) -> CancelImpact:
    """How many people cancelling affects: not yet mailed, and with a link already out; ``Conflict`` if it cannot be cancelled."""
    send = get_send(system, school, send_id)
    if send.state not in FROM["cancel"] | DONE["cancel"]:
        raise Conflict(refusal("cancel", send.state))
    waiting, out, in_hand = figures(send.counts).to_go, went_out(send.counts), send.counts.get("sending", 0)
    at_most = CancelImpact(waiting, out, exact=False, in_hand=in_hand)
    if is_large(send):
        return at_most
    versions = {
        account.person: account.version
        for chunk in (system.ledger(school).chunks(send_id) if out else ())
        if chunk.number <= send.chunks
        for account in to_revoke(chunk)
    }
    if send.kind != "parent_invitation":
        roll = read_roll(system, school)
        still = sum((entry := roll.by_id(each)) is not None and entry.version == version for each, version in versions.items())
    elif len(versions) <= _LOOKED_UP:
        links = system.invitations(school).by_ids(versions).values()
        still = sum(each.status == "open" and each.version == versions[each.id] for each in links)
    else:
        return at_most
    return CancelImpact(waiting, still, exact=True, in_hand=in_hand)


def _turn(system: System, school: str, admin: Person, send_id: str, act: Act, *, revoke: bool = False) -> Turned:
    """Turn the state, with the audit event in the same transaction; starts again when somebody else was quicker."""
    sends = system.sends(school)
    for _ in range(_TRIES):
        send, now = get_send(system, school, send_id), system.now()
        more_revoked = revoke and not send.revoke and act == "cancel"
        if send.state in DONE[act] and not more_revoked:
            return Turned(send, new=False)
        if send.state not in FROM[act] | DONE[act]:
            raise Conflict(refusal(act, send.state), code=f"send_{send.state}")
        facts: dict[str, str | int] = {**facts_of(send), "waiting": open_of(send.counts), "done": send.done}
        if revoke:
            facts["revoke"] = "yes"
        event = system.audit(school).record_of(admin.id, f"send.{act}", now, facts)
        try:
            if act == "pause":
                return Turned(sends.pause(send, event), new=True)
            if act == "resume":
                anew = system.school_hours(school).anew(now) if send.was_braked else None
                return Turned(sends.resume(send, now, event, anew), new=True)
            return Turned(sends.cancel(send, now, event, revoke=revoke), new=True)
        except Changed:
            continue
    raise TryLater("This send changes too quickly just now. Nothing was changed; try again.")
