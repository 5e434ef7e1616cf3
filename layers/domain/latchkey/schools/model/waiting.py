"""Changes of settings that wait for a second admin, and what admins are told by mail."""

from dataclasses import dataclass
from typing import Any, Final, Literal

OPEN_FOR: Final = 7 * 86_400
"""Seconds after which a change that nobody has approved lapses."""
NoticeKind = Literal["settings_waiting", "settings_changed", "send_waiting", "approval_off"]


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
class Notice:
    """What a school's admins are told by mail.

    ``by`` is who has done or asked for it, a person's id or the name of a part of the system; ``approved_by`` who has agreed.
    Of settings: ``changes``. Of a send that waits: its id (``send``) and to how many ``people`` it goes; its maker is not told.
    """

    id: str
    kind: NoticeKind
    at: int
    by: str
    approved_by: str | None = None
    changes: tuple[Change, ...] = ()
    send: str | None = None
    people: int = 0
