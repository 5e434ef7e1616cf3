"""An e-mail address as people write it down: in a cell of a file, in a form, with what mail programs put around it."""

import re
import unicodedata
from typing import Final

from latchkey.shared.model import identifiers

NOTHING: Final = frozenset(
    {"", "-", "--", ".", "n/a", "na", "none", "null", "nil", "unknown", "#n/a", "#ref!", "#value!", "#name?"}
)
"""What people write, in small letters, into a cell that has nothing to say."""
LONGEST: Final = 1_000
"""Characters: an address and much around it. Longer texts are not looked through, which could take very long."""
_FORMULA: Final = ("=", "+", "-", "@")
_IN_BRACKETS: Final = re.compile(r".*<([^<>@\s]+@[^<>@\s]+)>\s*")
_ASIDE: Final = re.compile(r"\s*\([^()]*\)\s*$")
_APART: Final = re.compile(r"[;,|\s]+")


class NoAddress(ValueError):
    """What is written is no address that can be taken; the message goes on from "the address": "is not an e-mail address"."""


def written_email(text: str) -> str | None:
    """The normalised address, or None for a text that says that there is none; ``NoAddress`` for any other.

    Of two addresses the first; without what mail programs put around one (``Ann Lee <ann@x.example>``, ``mailto:``, a full stop).
    """
    if text.casefold() in NOTHING:
        return None
    if len(text) > LONGEST:
        raise NoAddress("is not an e-mail address")
    found = identifiers.email(text) or identifiers.email(_tidied(text))
    if found is None:
        raise NoAddress("is not an e-mail address")
    if found.startswith(_FORMULA):
        raise NoAddress("begins like a formula")
    return found


def _tidied(text: str) -> str:
    """The address inside what people copy with it."""
    seen = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf"}).replace("’", "'")
    inside = _IN_BRACKETS.fullmatch(seen)
    if inside is not None:
        seen = inside.group(1)
    seen = _ASIDE.sub("", seen.strip()).strip()
    if seen[:7].casefold() == "mailto:":
        seen = seen[7:]
    first = next((part for part in _APART.split(seen) if part), "") if seen.count("@") > 1 else seen
    return first.strip("<> \t").rstrip(".")
