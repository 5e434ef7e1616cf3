"""A check: what was looked at, how it stands, in plain words, and what its person does about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.preflight.model.facts import Unseen, Why

State = Literal["ok", "warn", "stop"]
Who = Literal["admin", "operator", "it"]
"""Who can mend it: an admin of the school, who runs this site, who looks after the sender's domain and its DNS."""
ORDER: Final[tuple[State, ...]] = ("stop", "warn", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``name`` is a word for programs, ``title`` for people. ``path``: where in the school's console the fix begins, if there."""

    name: str
    title: str
    state: State
    text: str
    fix: str = ""
    who: Who = "operator"
    path: str = ""
    seen: bool = True


def in_order(checks: Iterable[Check]) -> list[Check]:
    """What stops first, then what warns, then the rest; each in the order of its rules."""
    return sorted(checks, key=lambda check: ORDER.index(check.state))


def unseen(name: str, title: str, unseen: Unseen, what: str, *, who: Who = "operator") -> Check:
    """The check of what could not be looked at: it may be well or not."""
    why, fix = _WHY[unseen.why]
    return Check(
        name=name,
        title=title,
        state="warn",
        text=f"{what} could not be looked at: {why}. It may be well or not.",
        fix=fix,
        who=who,
        seen=False,
    )


_WHY: Final[dict[Why, tuple[str, str]]] = {
    "denied": (
        "Latchkey is not allowed to ask",
        "Deploy the newest release, which has the permissions, or compare the functions’ roles with template.yaml.",
    ),
    "silent": ("there was no answer", "Press Look again in some minutes. If it stays so, look yourself, where it says so above."),
    "unset": (
        "this site’s settings do not say what to ask",
        "Deploy again, so that the functions get their settings; docs/preflight.md names them.",
    ),
}
