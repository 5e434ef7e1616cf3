"""What waits for a second admin or an objection: settings, an admin's address, a lost second step; and what is told by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

OPEN_FOR: Final = 7 * 86_400
"""Seconds after which a change that nobody has approved lapses."""
NoticeKind = Literal[
    "settings_waiting",
    "settings_changed",
    "settings_decided",
    "send_waiting",
    "send_done",
    "send_braked",
    "approval_off",
    "email_waiting",
    "email_decided",
    "admin_invited",
    "admin_ended",
    "factors_waiting",
    "factors_waiting_own",
    "factors_kept",
    "factors_reset",
    "preflight_stop",
    "weekly_mail",
]
Outcome = Literal["done", "declined", "withdrawn", "lapsed"]
"""What became of something that waited."""


@dataclass(frozen=True, slots=True)
class Change:
    """One setting (``reply_to``, ``sso.url``) and its value before and after, as the API shows them."""

    setting: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Changes of settings that wait: who asked for them, when, and until when somebody else can approve. Epoch seconds."""

    id: str
    by: str
    at: int
    until: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange:
    """Another address for an admin that another one has asked for. It is done when a second admin agrees, or from ``until`` on if
    nobody has objected. ``by`` and ``person`` are ids, times epoch seconds; ``old`` is the address as it was then.
    """

    id: str
    person: str
    by: str
    at: int
    until: int
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorReset:
    """Somebody's second factors that another admin has asked to take away, because everything for them is lost.

    It is done from ``until`` on if nobody has stopped it. ``by`` and ``person`` are ids, times epoch seconds; ``kinds`` are the
    ways that the person had then.
    """

    id: str
    person: str
    by: str
    at: int
    until: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a school's admins are told by mail.

    ``by`` is who has done or asked for it, a person's id or the name of a part of the system; ``approved_by`` who has agreed.
    Of settings: ``changes``. Of a send that waits: its id (``send``) and to how many ``people`` it goes; its maker is not told.
    Of one that is done or has paused itself: its maker (``person``), who alone is told.
    Of an admin: who (``person``); of their address: ``old`` and ``new``, and ``until`` when somebody can object.
    ``stops``: names of what would stop mail, as preflight has found it. ``outcome``: what became of what waited. ``waits``: only
    told if this change of settings still waits then, which is its lapse. ``to``: only these admins are told, who asked for it at
    a time (epoch seconds); ``figures``: how many can log in, of a weekly mail.
    """

    id: str
    kind: NoticeKind
    at: int
    by: str
    approved_by: str | None = None
    changes: tuple[Change, ...] = ()
    send: str | None = None
    people: int = 0
    person: str | None = None
    old: str = ""
    new: str = ""
    until: int = 0
    outcome: Outcome | None = None
    waits: str | None = None
    stops: tuple[str, ...] = ()
    to: Mapping[str, int] | None = None
    figures: Mapping[str, Any] | None = None
