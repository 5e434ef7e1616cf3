"""Which changes of settings one admin cannot make alone: a control must not be switched off by the one whom it binds.

Those that loosen the rule of approval, or that admins have a second factor; and those with which a single stolen session could
lead a whole school to a page or mailbox of somebody else, or keep its links alive: the school's own sign-in, the address of
replies, the lives of links.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, Final

from latchkey.schools.model.school import ApprovalRule, School, Settings, SingleSignOn, connection_of, plain_connection
from latchkey.schools.model.waiting import OPEN_FOR, Change, Waiting

GUARDED: Final = (
    *(f"approval.{each.name}" for each in fields(ApprovalRule)),
    *(f"sso.{each.name}" for each in fields(SingleSignOn)),
    "reply_to",
    "welcome_life",
    "reset_life",
    "forgot_life",
    "second_factor",
)
"""The settings of whose changes all admins are told."""


def differences(before: Settings, after: Settings) -> list[Change]:
    """What changes of the guarded settings."""
    pairs = ((name, value_of(before, name), value_of(after, name)) for name in GUARDED)
    return [Change(name, old, new) for name, old, new in pairs if old != new]


def needs_second(change: Change) -> bool:
    """Whether one admin cannot make this change alone; making the rules of approval and of second factors stricter is free."""
    if change.setting == "approval.above":
        return change.new is None or (change.old is not None and change.new > change.old)
    if change.setting == "approval.staff":
        return change.old and not change.new
    if change.setting == "second_factor":
        return bool(change.new != "required")
    return True


def switches_on(before: Settings, after: Settings) -> bool:
    """Whether approval is off before and on afterwards."""
    return before.approval == ApprovalRule() and after.approval != ApprovalRule()


def without_approval(settings: Settings) -> Settings:
    """Settings in which no send waits for a second admin."""
    return replace(settings, approval=ApprovalRule())


def undone(settings: Settings, changes: Iterable[Change]) -> Settings:
    """Settings without these changes."""
    for change in changes:
        settings = _with(settings, change.setting, change.old)
    return settings


def holds(settings: Settings, changes: Iterable[Change]) -> bool:
    """Whether each of these settings still is what it was when its change was asked for."""
    return all(value_of(settings, change.setting) == change.old for change in changes)


def done(settings: Settings, changes: Iterable[Change]) -> Settings:
    """Settings with these changes."""
    for change in changes:
        settings = _with(settings, change.setting, change.new)
    return settings


def waiting_now(school: School, now: int) -> Waiting | None:
    """The changes that wait for a second admin, unless they have lapsed."""
    found = school.waiting
    return found if found is not None and found.until > now else None


def joined(earlier: Waiting | None, asked: Iterable[Change], by: str, fresh: str, now: int) -> Waiting:
    """What waits after the same admin has asked for more: what is asked for again replaces what was asked for.

    As what is approved must be what was seen, the whole has a new id and seven days of its own; unless it is the same as before.
    """
    changes = {change.setting: change for change in (*(earlier.changes if earlier else ()), *asked)}
    if earlier is not None and earlier.changes == tuple(changes.values()):
        return earlier
    return Waiting(id=fresh, by=by, at=now, until=now + OPEN_FOR, changes=tuple(changes.values()))


def value_of(settings: Settings, name: str) -> Any:
    """The value of a setting as the API shows it."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    if name == "sso.connections":
        return [plain_connection(each) for each in value]
    return list(value) if isinstance(value, tuple) else value


def _with(settings: Settings, name: str, value: Any) -> Settings:
    head, _, tail = name.partition(".")
    if not tail:
        return replace(settings, **{head: value})
    if name == "sso.connections":
        value = [connection_of(each) for each in value]
    value = tuple(value) if isinstance(value, list) else value
    return replace(settings, **{head: replace(getattr(settings, head), **{tail: value})})
