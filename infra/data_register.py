"""docs/data-register.md, written from what the packages say beside their stores: ``make register``."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from latchkey.shared.stores.register import EVERYWHERE, Kind
from latchkey.wiring import Wiring

PAGE: Final = Path(__file__).parents[1] / "docs" / "data-register.md"
_WIDTH: Final = 130
_TABLES: Final = ("directory", "credentials", "sessions", "activity")
_ABOUT: Final = {
    "nobody": "Names nobody.",
    "by id": "Names people by their id alone, which says nothing once they are erased.",
    "a person": "Names people.",
}
_ERASED: Final = {
    "nothing": "",
    "deleted": "Erasing the person deletes it.",
    "taken out": "Erasing a person takes them out of it.",
    "expires": "It goes by itself; erasing a person does not wait for that.",
}
_TOP: Final = """# The data register

What is kept, in the four tables: every attribute, what it is and what for, how long it is kept, who sees it. It is written by
`make register` from what each package says beside its stores; a test takes every item that the tests make and fails on an
attribute that is not here. What is kept of one person can be had from their page ("Everything held about this person").

Passwords, links, PINs and parent codes are in no table: of a password there is a hash, the others are computed when they are
needed. Files live in S3: uploads and exports for a day, copies of the schools' public pages until they change.
"""


def page() -> str:
    """The page's text."""
    common = "; ".join(f"`{name}`: {_small(what)}" for name, what in EVERYWHERE.items())
    parts = [_TOP, _wrapped(f"Every item has its key and may have an end. {common}.")]
    register = Wiring.register()
    for table in _TABLES:
        parts.append(f"\n## Table {table}\n")
        parts += [text for kind in register if kind.table == table for text in _kind(kind)]
    return "\n".join(parts) + "\n"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name[:1].upper()}{kind.name[1:]}\n"
    said = f"{kind.why}. Kept {kind.kept}. Seen by {kind.seen_by}. {_ABOUT[kind.about]} {_ERASED[kind.erased]}".strip()
    yield _wrapped(f"`{kind.pk}` `{kind.sk}`: {_small(said)}") + "\n"
    yield "| attribute | what it is, and what for |\n|---|---|"
    for name, what in kind.attributes.items():
        yield f"| `{name}` | {what}{' (never shown)' if name in kind.hidden else ''} |"
    yield ""


def _small(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
