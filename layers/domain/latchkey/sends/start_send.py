"""Start a send: who is meant, what it would do, and the message that sets it off."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.people.model import people_filter
from latchkey.people.model.person import Person
from latchkey.schools.model.school import ApprovalRule, School
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.find_recent import sent_lately
from latchkey.sends.model.approval import OPEN_FOR, holds, need_of
from latchkey.sends.model.planning import DryRun, dry_run
from latchkey.sends.model.send import Selection, Send
from latchkey.sends.needs import System
from latchkey.sends.stores.due import Reminder
from latchkey.shared.model.ids import is_id, new_id
from latchkey.shared.stores.dynamo import ConditionFailed, Value

LONGEST_LIST: Final = 1000
LONGEST_WITHIN: Final = 7 * 24 * 60  # minutes
NOT_QUEUED: Final = "not_queued"
_MINUTES: Final = re.compile(r"[0-9]{1,5}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Started:
    """A send, and whether this request made it (False: an earlier one with the same key did)."""

    send: Send
    new: bool


def parse_kind(kind: object) -> None:
    """``Invalid`` for anything but what can be sent now."""
    if kind == "parent_invitation":
        raise Invalid("Invitations to parents cannot be sent yet.", fields={"kind": "Choose password_link."})
    if kind != "password_link":
        raise Invalid("Say what to send.", fields={"kind": "Choose password_link."})


def parse_selection(select: object) -> Selection:
    """Who is meant, as ids or as a filter, from a JSON value."""
    if not isinstance(select, Mapping) or set(select) not in ({"ids"}, {"filter"}):
        raise Invalid(
            "Nobody is selected. Nothing was sent.", fields={"select": "Choose people, by ids or by a filter, not by both."}
        )
    if "filter" in select:
        wanted = select["filter"]
        if not isinstance(wanted, Mapping):
            raise Invalid("This filter cannot be used.", fields={"select": "The filter must be an object."})
        return Selection(filter=people_filter.parse(wanted).as_mapping())
    ids = select["ids"]
    if not isinstance(ids, list) or not ids:
        raise Invalid("Nobody is selected. Nothing was sent.", fields={"select": "Choose at least one person."})
    if len(ids) > LONGEST_LIST:
        raise Invalid(fields={"select": f"Choose at most {LONGEST_LIST:,} people by id; for more, select by a filter."})
    if not all(isinstance(each, str) and is_id(each) for each in ids):
        raise Invalid(fields={"select": "One of the ids does not have the form of an id."})
    return Selection(ids=tuple(dict.fromkeys(ids)))


def parse_within(value: object, *, is_text: bool = False) -> int:
    """``skip_sent_within``: whole minutes, 0 where nothing is given. ``is_text``: digits, as a form gives them."""
    if is_text and isinstance(value, str):
        value = value.strip() or None
        value = int(value) if value and _MINUTES.fullmatch(value) else value
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST_WITHIN:
        text = f"Give a whole number of minutes, from 0 to {LONGEST_WITHIN:,} (a week)."
        raise Invalid("Nothing was sent.", fields={"skip_sent_within": text})
    return value


def parse_key(key: object) -> str | None:
    """An idempotency key, or None."""
    if key is None or key == "":
        return None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Invalid(fields={"idempotency_key": "Use 8 to 64 letters, digits, hyphens and underscores."})
    return key


def try_out(system: System, school: School, selection: Selection) -> DryRun:
    """What the send would do, without doing it."""
    sent = sent_lately(system.sends(school.slug), selection.skip_sent_within, system.now())
    if selection.source is not None:
        return dry_run(chosen(system, school.slug, selection), school, 0, selection, sent)
    if selection.filter is not None:
        matching = system.directory(school.slug).matching(people_filter.parse(selection.filter))
        return dry_run(matching, school, 0, selection, sent)
    people = system.directory(school.slug).by_ids(selection.ids)
    return dry_run(people, school, len(selection.ids) - len(people), selection, sent)


def start_send(
    system: System,
    school: School,
    admin: Person,
    selection: Selection,
    key: str | None = None,
    *,
    send_id: str | None = None,
    start_at: int | None = None,
) -> Started:
    """Write the send and put it in the queue of plan_send. The same key starts one send only, however often it comes.
    So does the same ``send_id``, where the caller has settled it. It waits for ``start_at``,
    and where the school's rule asks for it for the approval of another admin.

    If the queue cannot be reached the send is marked failed: it shows in the list, and the same key sets it off after all.
    """
    if not _somebody(system, school, selection):
        raise Invalid("Nobody matches, so nothing was sent.", fields={"select": "Choose people of this school."})
    sends, now = system.sends(school.slug), system.now()
    fresh = new_id(now)
    send_id = send_id or (sends.claim(_hashed(admin, key), fresh, now) if key else fresh)
    send = Send(
        id=send_id,
        kind="password_link",
        state="queued",
        listed=True,
        created_at=now,
        created_by=admin.id,
        selection=selection,
        start_at=start_at,
    )
    send = _held(system, school, send)
    for at in {send.start_at, send.approve_by} - {None}:  # before the send, which then cannot be forgotten
        system.due.put(Reminder(at or 0, school.slug, send.id))
    if sends.make(send):
        return Started(_set_off(system, school, send), new=True)
    return Started(_again(system, school, send), new=False)


def _held(system: System, school: School, send: Send) -> Send:
    """The send, waiting for another admin where the school's rule says so. plan_send looks again, for people come and go."""
    rule = school.settings.approval
    if rule == ApprovalRule():
        return send
    need = need_of(rule, try_out(system, school, send.selection))
    return replace(send, approval="needed", need=need, approve_by=send.created_at + OPEN_FOR) if need else send


def _again(system: System, school: School, wanted: Send) -> Send:
    """The send that this key has started before, set off again if it never reached the queue."""
    sends = system.sends(school.slug)
    send = sends.get(wanted.id)
    if send is None:
        raise TryLater()
    if (send.selection, send.start_at) != (wanted.selection, wanted.start_at):
        raise Conflict("This key has started another send already. Nothing was sent now; use a new key.")
    if send.state == "queued":
        _put(system, school, send)
    elif send.state == "failed" and send.reason == NOT_QUEUED:
        facts: dict[str, Value] = {"state": "queued", "reason": None, "finished_at": None}
        try:
            send = sends.change(send, facts, [("state", "=", "failed"), ("reason", "=", NOT_QUEUED)])
        except ConditionFailed:
            return sends.get(wanted.id) or send
        _set_off(system, school, send)
    return send


def _set_off(system: System, school: School, send: Send) -> Send:
    ids = len(send.selection.ids)
    by = "send" if send.selection.source else "ids" if ids else "filter"
    facts: dict[str, str | int] = {"send": send.id, "kind": send.kind, "by": by, "ids": ids}
    try:
        system.audit(school.slug).record(send.created_by, "send.start", system.now(), facts)
        _put(system, school, send)
    except Exception as error:
        failed: dict[str, Value] = {"state": "failed", "reason": NOT_QUEUED, "finished_at": system.now()}
        try:
            system.sends(school.slug).change(send, failed, [("state", "=", "queued")])
        except ConditionFailed:
            return send  # it runs: the message arrived although the answer did not
        if not isinstance(error, TryLater):
            raise
        raise TryLater("The send could not be started: a service is busy. Nobody was sent anything; try again.") from error
    return send


def _put(system: System, school: School, send: Send) -> None:
    if holds(send, system.now()):
        return  # start_due or an approval sets it off
    system.queue("PLAN_QUEUE").put({"kind": "send", "school": school.slug, "send": send.id})


def _somebody(system: System, school: School, selection: Selection) -> bool:
    directory = system.directory(school.slug)
    if selection.source is not None:
        return next(chosen(system, school.slug, selection), None) is not None
    if selection.filter is None:
        return bool(directory.by_ids(selection.ids))
    return next(directory.matching(people_filter.parse(selection.filter)), None) is not None


def _hashed(admin: Person, key: str) -> str:
    return hashlib.sha256(f"{admin.id}|{key}".encode()).hexdigest()[:32]
