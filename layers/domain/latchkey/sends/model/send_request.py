"""What a request for a send says: what is sent, to whom, when, and whether it is only tried out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from latchkey.errors import Invalid
from latchkey.people.model import people_filter
from latchkey.sends.model import start_time
from latchkey.sends.model.send import Selection
from latchkey.sends.model.trust import parse_domain
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.request_key import parse_key

LONGEST_LIST: Final = 1000
LONGEST_WITHIN: Final = 7 * 24 * 60  # minutes
SendKind = Literal["password_link", "parent_invitation", "parent_code_ready"]
KINDS: Final[tuple[SendKind, ...]] = ("password_link", "parent_invitation", "parent_code_ready")
TYPED: Final = ("start_at", "skip_signed_in", "skip_sent_within")
"""The fields beside who is meant."""
_MINUTES: Final = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """What an admin asks for. ``start_at`` in epoch seconds (None: now); ``dry_run``: say what it would do, and do nothing."""

    kind: SendKind
    selection: Selection
    key: str | None
    start_at: int | None
    dry_run: bool


def parse(fields: Mapping[str, Any], now: int, flag: Callable[[str], bool], *, is_form: bool) -> SendRequest:
    """The request; ``Invalid`` names the first field that cannot be used.

    ``flag`` reads a field that is true or false. A form gives numbers as digits and times as the school's clock shows them, and
    asks what a send would do until it confirms it.
    """
    kind = parse_kind(fields.get("kind"))
    selection = parse_selection(fields.get("select"), kind)
    key = parse_key(fields.get("idempotency_key"))
    is_sure = flag("confirm") if is_form else True
    dry_run = flag("dry_run") or not is_sure
    within = parse_within(fields.get("skip_sent_within"), is_text=is_form)
    selection = replace(selection, skip_signed_in=flag("skip_signed_in"), skip_sent_within=within)
    start_at = start_time.parse(fields.get("start_at"), now, is_local=is_form)
    return SendRequest(kind=kind, selection=selection, key=key, start_at=start_at, dry_run=dry_run)


def parse_kind(kind: object) -> SendKind:
    """What can be sent."""
    found = next((each for each in KINDS if each == kind), None)
    if found is None:
        raise Invalid("Say what to send.", fields={"kind": f"Choose {' or '.join(KINDS)}."})
    return found


def parse_selection(select: object, kind: SendKind = "password_link") -> Selection:
    """Who is meant, from a JSON value: ids, a filter, what an admin has chosen, or those whom earlier sends' mails did not reach.

    Invitations are for the parents of students who are meant so, for parents, and for those of an upload of contacts.
    """
    ways = [{name} for name in ("ids", "filter", "selection", "contacts" if kind == "parent_invitation" else "refused")]
    if not isinstance(select, Mapping) or set(select) not in ways:
        raise Invalid(
            "Nobody is selected. Nothing was sent.", fields={"select": "Choose people, by ids or by a filter, not by both."}
        )
    if "contacts" in select:
        return Selection(contacts=_id(select["contacts"], "The upload of contacts does not have the form of an id."))
    if "selection" in select:
        return Selection(live=_id(select["selection"], "Choose at least one person."))
    if "refused" in select:
        return _refused(select["refused"])
    if "filter" in select:
        return _filter(select["filter"])
    return _ids(select["ids"])


def _filter(wanted: object) -> Selection:
    if not isinstance(wanted, Mapping):
        raise Invalid("This filter cannot be used.", fields={"select": "The filter must be an object."})
    return Selection(filter=people_filter.parse(wanted).as_mapping())


def _ids(ids: object) -> Selection:
    if not isinstance(ids, list) or not ids:
        raise Invalid("Nobody is selected. Nothing was sent.", fields={"select": "Choose at least one person."})
    if len(ids) > LONGEST_LIST:
        raise Invalid(fields={"select": f"Choose at most {LONGEST_LIST:,} people by id; for more, select by a filter."})
    if not all(isinstance(each, str) and is_id(each) for each in ids):
        raise Invalid(fields={"select": "One of the ids does not have the form of an id."})
    return Selection(ids=tuple(dict.fromkeys(ids)))


def _id(value: object, wrong: str) -> str:
    if not isinstance(value, str) or not is_id(value):
        raise Invalid("Nobody is selected. Nothing was sent.", fields={"select": wrong})
    return value


def _refused(which: object) -> Selection:
    """Those who were refused in a send, or in a domain, though their address may be right."""
    if not isinstance(which, Mapping) or set(which) not in ({"send"}, {"domain"}):
        raise Invalid("Nobody is selected. Nothing was sent.", fields={"select": "Say which send or which domain refused them."})
    if "domain" in which:
        return Selection(pick="refused", domain=parse_domain(which["domain"], "select"))
    if not isinstance(which["send"], str) or not is_id(which["send"]):
        raise Invalid(fields={"select": "The send does not have the form of an id."})
    return Selection(pick="refused", source=which["send"])


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
