"""What a change of settings says in the audit trail: each setting that changed, as it was and as it is now."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

from latchkey.schools.model.school import Settings
from latchkey.schools.model.settings_rules import LIVES, in_words

LONGEST: Final = 200  # characters of a text; a notice can have a thousand
_NEVER_SHOWN: Final = ("logo", "secret", "key", "token", "password", "certificate")
"""Settings with such a word in their name say only that they were changed."""


def facts_of(before: Settings, after: Settings, changed: Iterable[str]) -> dict[str, str | int]:
    """``fields``, the names of what changed, and ``<name>.was`` and ``<name>.now`` of each (``sso.url.was``); lives in words."""
    names = list(changed)
    facts: dict[str, str | int] = {"fields": ", ".join(names)}
    for name in names:
        for path, was, now in _parts(name, getattr(before, name), getattr(after, name)):
            if any(word in path for word in _NEVER_SHOWN) or not (_is_plain(was) and _is_plain(now)):
                facts[path] = "changed"
            else:
                facts |= {f"{path}.was": _said(name, was), f"{path}.now": _said(name, now)}
    return facts


def _parts(path: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """The members that differ, where a setting has some; else the setting itself."""
    if not (is_dataclass(was) and is_dataclass(now)):
        yield path, was, now
        return
    for each in fields(was):
        old, new = getattr(was, each.name), getattr(now, each.name)
        if old != new:
            yield from _parts(f"{path}.{each.name}", old, new)


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, str | int)


def _said(name: str, value: Any) -> str | int:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return in_words(value) if name in LIVES else value
    text = ", ".join(value) if isinstance(value, tuple) else value or ""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
