"""The ways to look at a message's people: each is a figure of its legend, a stretch of its bar, and the list that it opens.

``password_set`` and ``not_used`` together are whom it has reached; ``delivered`` and ``on_way`` are the same people by what the
mail service says. Every figure that pages, answers, files and mails show of a message is one of these, or a sum of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from latchkey.sends.model.figures import figures
from latchkey.sends.model.mail_states import OPEN
from latchkey.sends.model.send import Kind
from latchkey.sends.model.send_actions import REACHED, RETRIED

View = Literal[
    "all",
    "delivered",
    "password_set",
    "not_used",
    "on_way",
    "to_go",
    "came_back",
    "failed",
    "cancelled",
    "skipped",
]
VIEWS: Final[tuple[View, ...]] = get_args(View)
STATES: Final[Mapping[View, frozenset[str]]] = {
    "delivered": frozenset({"delivered"}),
    "password_set": REACHED,
    "not_used": REACHED,
    "on_way": frozenset({"sent", "delayed"}),
    "to_go": OPEN,
    "came_back": frozenset({"bounced", "complained"}),
    "failed": RETRIED,
    "cancelled": frozenset({"cancelled"}),
    "skipped": frozenset({"skipped"}),
}
"""The states of the mails of each; ``all`` is every state."""
USED: Final[Mapping[View, bool]] = {"password_set": True, "not_used": False}
"""Those that ask, of whom a message has reached, whether they have used it."""
_WORDS: Final[Mapping[View, str]] = {
    "all": "All",
    "delivered": "Delivered",
    "password_set": "Password set",
    "not_used": "Not used",
    "on_way": "Sent, no word yet",
    "to_go": "Still to go",
    "came_back": "Came back",
    "failed": "Not sent",
    "cancelled": "Got nothing",
    "skipped": "Skipped",
}
_ALWAYS: Final = frozenset({"all", "delivered", "password_set", "not_used", "came_back", "skipped"})
_STRETCHES: Final[tuple[View, ...]] = ("password_set", "not_used", "to_go", "came_back", "failed", "cancelled", "skipped")
_BY_MAIL: Final[tuple[View, ...]] = ("delivered", "on_way", "to_go", "came_back", "failed", "cancelled", "skipped")


_SAID: Final[tuple[tuple[View, str], ...]] = (("came_back", "came back"), ("failed", "not sent"), ("cancelled", "got nothing"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of the legend."""

    view: View
    words: str
    people: int


def has_links(kind: Kind) -> bool:
    """Whether a message brings something that can be used."""
    return kind != "parent_code_ready"


def words_of(view: View, kind: Kind) -> str:
    """What a figure is called; who is invited makes an account in place of setting a password."""
    return "Account made" if view == "password_set" and kind == "parent_invitation" else _WORDS[view]


def counted(counts: Mapping[str, int], used: int | None) -> dict[View, int]:
    """People by view. ``used``: how many of those it has reached have used it; None where that is not counted."""
    found: dict[View, int] = {"all": sum(counts.values())}
    for view, states in STATES.items():
        found[view] = sum(counts.get(state, 0) for state in states)
    reached = found["not_used"]
    if used is None:
        del found["password_set"], found["not_used"]
    else:
        found["password_set"], found["not_used"] = used, reached - used
    return found


def legend(counts: Mapping[str, int], used: int | None, kind: Kind) -> list[Shown]:
    """The figures under the bar: those that everybody looks for, and of the others what there is."""
    found = counted(counts, used)
    return [
        Shown(view, words_of(view, kind), found[view]) for view in VIEWS if view in found and (found[view] or view in _ALWAYS)
    ]


def stretches(counts: Mapping[str, int], used: int | None) -> list[tuple[View, int]]:
    """The bar: everybody once."""
    found = counted(counts, used)
    return [(view, found[view]) for view in (_BY_MAIL if used is None else _STRETCHES) if found[view]]


def in_short(counts: Mapping[str, int], used: int | None, kind: Kind) -> str:
    """A message in one line of a list: "158 delivered, 41 in"."""
    found, shown = counted(counts, used), figures(counts)
    parts = []
    if shown.to_go and shown.went_out:
        parts.append(f"{shown.went_out:,} of {found['all'] - shown.kept_back:,} went out")
    elif found["delivered"] or not found["on_way"]:
        parts.append(f"{found['delivered']:,} delivered")
    else:
        parts.append(f"{shown.went_out:,} went out")
    if used is not None and shown.went_out:
        parts.append(f"{used:,} {'joined' if kind == 'parent_invitation' else 'in'}")
    parts += [f"{found[view]:,} {words}" for view, words in _SAID if found[view]]
    return ", ".join(parts)
