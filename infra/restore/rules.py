"""What of an old item comes back, and how: pure, on items as DynamoDB writes them.

A restore puts people, schools and history back where they are missing. It takes nothing away, and never lets something live
again that had ended: sessions, links, used-up budgets, mails that went out since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from latchkey.sends.model.send import RESTORED

Wire = dict[str, dict[str, Any]]
"""An item as DynamoDB writes it: {"pk": {"S": "northbridge"}, ...}."""

TABLES: Final = ("credentials", "activity", "directory", "sessions")
"""In the order in which they are put back: a school is found again only when all that it has is there."""

PASSED: Final = 10_000
"""By how much the credential version of somebody who is put back is raised. Nobody sets so many passwords within the 35 days that
a table can be restored from: so no link or session that there ever was has the version that they go on from."""
NUMBERS: Final = 100_000
"""The same for the numbers of students, of which a code printed since may hold one."""

_FACTS: Final = (
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "people_pk",
    "people_sk",
    "role",
    "status",
    "language",
    "upn",
    "mis_id",
    "year_group",
    "registration_group",
    "email",
    "email_key",
    "username",
    "username_key",
    "edited",
)  # what a roster says of a person
_OF_A_SCHOOL: Final = ("name", "town", "postcode", "urn", "settings")
_KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "directory": {
        "P": "people",
        "ROSTERS": "rosters",
        "ROSTER": "previews of rosters",
        "ROSTERCOLUMNS": "ways of reading rosters",
    },
    "credentials": {"P": "passwords", "U": "usernames"},
    "activity": {
        "SENDS": "sends",
        "REQUESTS": "mails that people asked for",
        "SEND": "chunks of mails",
        "EXPORTS": "exports",
        "VOIDED": "times of voiding",
        "AUDIT": "audit events",
        "SIGNINS": "audit events",
        "MAILDOMAINS": "counts of mail by domain",
    },
}
_UNDER_WAY: Final = {"queued", "running"}
Why = Literal["expired", "unfinished", "never"]
WHY: Final[Mapping[Why, str]] = {
    "expired": "had expired",
    "unfinished": "rosters and requests for mail that were under way: they are started again by whoever wants them",
    "never": "sessions, budgets of tries, keys of requests, reminders, locks, uploads of contacts: they never come back",
}


@dataclass(frozen=True, slots=True)
class Old:
    """An item of a copy: what it is, and the item to put where it is missing; or why it stays away."""

    kind: str
    item: Wire | None = None
    why: Why | None = None


def text(item: Wire, name: str) -> str:
    """A text of an item; empty where it has none."""
    return str(item.get(name, {}).get("S", ""))


def number(item: Wire, name: str) -> int:
    """A number of an item; 0 where it has none."""
    return int(item.get(name, {}).get("N", "0"))


def school_of(item: Wire) -> str:
    """The school that an item belongs to; empty for what is no school's."""
    return text(item, "pk").partition("#")[0]


def old(table: str, item: Wire, now: int, ended: Wire | None = None) -> Old:
    """What becomes of an item of a copy. ``ended``: what is kept of its school, if that was deleted."""
    kind = _kind(table, item)
    why = _stays_away(kind, item, now)
    return Old(kind, why=why) if why else Old(kind, {**item, **_as_it_comes_back(kind, item, ended or {})})


def _kind(table: str, item: Wire) -> str:
    """What an item is; empty for what never comes back."""
    whole = {"SCHOOL": "schools", "LOGO": "logos"}
    if table == "directory" and text(item, "sk") in whole:
        return whole[text(item, "sk")]
    return _KINDS.get(table, {}).get(text(item, "pk").partition("#")[2].partition("#")[0], "")


def _stays_away(kind: str, item: Wire, now: int) -> Why | None:
    if not kind:
        return "never"
    if 0 < number(item, "expires_at") <= now:
        return "expired"
    if kind in {"rosters", "mails that people asked for"} and text(item, "state") in _UNDER_WAY:
        return "unfinished"
    return None


def _as_it_comes_back(kind: str, item: Wire, ended: Wire) -> Wire:
    """What is otherwise than in the copy, so that nothing lives again that had ended, and no mail goes out by itself."""
    if kind == "schools":
        return _school(item, ended)
    if kind == "people":
        return {"version": {"N": str(number(item, "version") + PASSED)}}
    if kind == "sends" and text(item, "state") in _UNDER_WAY:
        return {"state": {"S": "paused"}, "reason": {"S": RESTORED}}
    return {"lease_until": {"N": "0"}} if kind == "chunks of mails" else {}


def _school(item: Wire, ended: Wire) -> Wire:
    """Of a school that is missing: its epochs are those that it had when it was deleted, if that is known, and never lower."""
    epochs = {
        name: {"N": str(epoch)}
        for name in ("link_epoch", "code_epoch")
        if (epoch := max(number(item, name), number(ended, name) - 1)) > 0
    }
    last = {"last_number": {"N": str(number(item, "last_number") + NUMBERS)}}
    return {**epochs, **last}


def changed(old_item: Wire, live: Wire) -> Wire:
    """What an item that is there gets from its old self, where that is wanted: facts only, of people, schools and logos.

    What people have done since stays: passwords, codes, registrations. What the old item does not say stays as well. Nobody
    becomes an admin by it. Empty where nothing would change.
    """
    sk = text(live, "sk")
    if sk == "LOGO":
        return {name: value for name, value in old_item.items() if live.get(name) != value}
    names = {"PERSON": _FACTS, "SCHOOL": _OF_A_SCHOOL}.get(sk, ())
    return {name: old_item[name] for name in names if name in old_item and live.get(name) != old_item[name]}
