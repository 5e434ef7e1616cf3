"""Why a file that somebody uploaded cannot be used, and how a piece of it is shown."""

from typing import Any

from latchkey.errors import Invalid


class Unusable(Invalid):
    """The file cannot be used. Nothing was changed."""

    code = "unusable_file"


def excerpt(value: Any) -> str:
    """The beginning of a cell, safe to show: what cannot be printed is written as an escape."""
    text = str(value)
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:40])
    return shown + "…" if len(text) > 40 else shown
