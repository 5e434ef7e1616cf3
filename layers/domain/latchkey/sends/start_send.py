"""Start a send: who is meant, what it would do, and the message that sets it off."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from latchkey.errors import Invalid
from latchkey.people.model import people_filter
from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.roll.sources import Found, FromDirectory, FromRoll, Source
from latchkey.schools.model.school import ApprovalRule, School
from latchkey.schools.model.waiting import Notice
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.find_recent import recent_sends
from latchkey.sends.look_up_invitees import as_known, as_they_are
from latchkey.sends.model.approval import OPEN_FOR, holds, need_of, waits
from latchkey.sends.model.planning import DryRun, dry_run, each_alone
from latchkey.sends.model.send import Kind, Need, Selection, Send
from latchkey.sends.model.send_names import facts_of, whom
from latchkey.sends.needs import System
from latchkey.sends.parents_of_leavers import with_parents_of_leavers
from latchkey.sends.plan_invitations import is_anybody, try_invitations
from latchkey.sends.select_people import group_of
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.start_run import Started, Starting, id_for


def try_out(
    system: System, school: School, selection: Selection, kind: Kind = "password_link", *, decides: bool = False
) -> DryRun:
    """What the send would do, without doing it: counted in the roll, unless something is decided by the number (``decides``)."""
    sent = recent_sends(system, school.slug, selection.skip_sent_within, system.now(), decides=decides)
    if kind == "parent_invitation":
        if decides:
            return try_invitations(as_they_are(system, school), selection, sent)
        return try_invitations(as_known(system, school), selection, sent)
    if not decides:
        alike, unknown = alike_meant(system, school, selection)
        return dry_run(alike, school, unknown, selection, sent, kind=kind)
    source = FromDirectory(system, school.slug, school)
    people, unknown = meant(system, school, selection, source)
    return dry_run(each_alone(with_parents_of_leavers(people, source)), school, unknown, selection, sent, kind=kind)


def alike_meant(system: System, school: School, selection: Selection) -> tuple[Iterator[tuple[Entry, Sequence[Entry]]], int]:
    """Whom a selection means, as far as the roll knows, by kind; and how many of its ids are nobody's.

    For each kind one who stands for all, as somebody who has left if no message goes to them any more.
    """
    source = FromRoll(system, school.slug, school)
    unknown = 0
    if selection.filter is not None and selection.chosen is None and not selection.is_from_sends:
        groups = {one.id: alike for one, alike in source.roll.alike_of(people_filter.parse(selection.filter))}
    else:
        people, unknown = meant(system, school, selection, source)
        groups = {one.id: alike for one, alike in source.alike(people)}
    ones = with_parents_of_leavers((alike[0] for alike in groups.values()), source)
    return ((one, groups[one.id]) for one in ones), unknown


def meant(system: System, school: School, selection: Selection, source: Source[Found]) -> tuple[Iterable[Found], int]:
    """Whom a selection means, and how many of its ids are nobody's."""
    if selection.is_from_sends:
        return chosen(system, school.slug, selection, source), 0
    found = group_of(system, school.slug, selection, source)
    if found is not None:
        return found, 0
    people = [*source.by_ids(selection.ids)]
    return people, len(selection.ids) - len(people)


def start_send(
    system: System,
    school: School,
    admin: Person,
    selection: Selection,
    key: str | None = None,
    *,
    send_id: str | None = None,
    start_at: int | None = None,
    to: str | None = None,
    kind: Kind = "password_link",
    somebody: bool = False,
) -> Started[Send]:
    """Write the send and put it in the queue of plan_send. The same key starts one send only, however often it comes.
    So does the same ``send_id``, where the caller has settled it. It waits for ``start_at``,
    and where the school's rule asks for it for the approval of another admin. ``to``: to whom, in words that name nobody, where
    the selection does not say it. ``somebody``: the caller has seen that it means somebody.

    If the queue cannot be reached the send is marked failed: it shows in the list, and the same key sets it off after all.
    """
    if not somebody and not _somebody(system, school, selection, kind):
        raise Invalid("Nobody matches, so nothing was sent.", fields={"select": "Choose people of this school."})
    now = system.now()
    send = Send(
        id=send_id or id_for(system.claims(school.slug), "send", admin.id, key, now),
        kind=kind,
        state="queued",
        origin="admin",
        created_at=now,
        created_by=admin.id,
        selection=selection,
        start_at=start_at,
        whom=to or whom(selection, kind=kind),
    )
    send, people = _held(system, school, send)
    for at in {send.start_at, send.approve_by} - {None}:  # before the send, which then cannot be forgotten
        system.reminders.put(Reminder(at or 0, school.slug, send.id))
    started = _starting(system, school.slug, send).start(send)
    system.directory(school.slug).note_first_send(admin, now)
    if waits(started.run):
        system.notices(school.slug).put(
            Notice(id=send.id, kind="send_waiting", at=started.run.created_at, by=admin.id, send=send.id, people=people)
        )
    return started


def why_approval(system: System, school: School, admin: Person, tried: DryRun, start_at: int | None = None) -> Need | None:
    """Why a send that was tried out would need another admin's approval if this admin started it; None if it would not."""
    rule = school.settings.approval
    why = need_of(rule, tried)
    if why is None and rule.above is not None and tried.to_send:
        spent = system.allowances(school.slug).spent(admin.id, start_at or system.now())
        return "day" if spent + tried.to_send > rule.above else None
    return why


def _held(system: System, school: School, send: Send) -> tuple[Send, int]:
    """The send, waiting for another admin where the school's rule says so, and to how many it would go, as the roll has it.

    plan_send decides by the people themselves: it holds a send that is larger than this has found.
    """
    rule = school.settings.approval
    if rule == ApprovalRule():
        return send, 0
    tried = try_out(system, school, send.selection, send.kind)
    need, now = need_of(rule, tried), send.created_at
    if need is None and rule.above is not None:
        allowances, at = system.allowances(school.slug), send.start_at or now
        fits = allowances.reserve(send.created_by, send.id, tried.to_send, at=at, now=now, above=rule.above)
        need = None if fits else "day"
    if need is None:
        return send, tried.to_send
    return replace(send, approval="needed", need=need, approve_by=now + OPEN_FOR), tried.to_send


def _starting(system: System, school: str, asked: Send) -> Starting[Send]:
    sends, selection = system.sends(school), asked.selection
    by = _how(selection)

    def announce(send: Send) -> None:
        facts: dict[str, str | int] = {**facts_of(send), "kind": send.kind, "by": by, "ids": len(selection.ids)}
        system.audit(school).record(send.created_by, "send.start", system.now(), facts)

    def put(send: Send) -> None:
        if not holds(send, system.now()):  # else start_due or an approval sets it off
            system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send.id})

    return Starting(
        runs=sends,
        announce=announce,
        put=put,
        give_up=lambda send: sends.not_queued(send, system.now()),
        is_same=lambda send: (send.kind, send.selection, send.start_at) == (asked.kind, selection, asked.start_at),
        other="This key has started another send already. Nothing was sent now; use a new key.",
        busy="The send could not be started: a service is busy. Nobody was sent anything; try again.",
    )


def _how(selection: Selection) -> str:
    """How those who are meant were chosen, in a word."""
    if selection.is_from_sends:
        return "send"
    named = (("selection", selection.chosen), ("contacts", selection.contacts), ("ids", selection.ids))
    return next((word for word, given in named if given), "filter")


def _somebody(system: System, school: School, selection: Selection, kind: Kind) -> bool:
    if kind == "parent_invitation":
        return is_anybody(system, school, selection)
    found, _ = meant(system, school, selection, FromRoll(system, school.slug, school))
    return next(iter(found), None) is not None
