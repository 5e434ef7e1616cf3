"""What searches look through: the folded text of each person, without blanks and hyphens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from latchkey.people.model import groups
from latchkey.shared.model.folding import folded, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latchkey.roll.model.entry import Entry

_BETWEEN: Final = re.compile(r"[\s-]+")
_END: Final = "\n"
_DROPPED: Final = str.maketrans("", "", " \t\r\f\v\x1c\x1d\x1e\x1f-'`")
"""What folding and ``_BETWEEN`` take out of ASCII, but for the end of a line, which stands between two people's texts here."""


def texts_of(entries: Sequence[Entry]) -> Mapping[str, str]:
    """The text of each person, by id. Where all is ASCII it is folded in one go: a person at a time costs ten times as much."""
    plain = [" ".join(filter(None, entry.texts)) for entry in entries]
    whole = _END.join(plain)
    if whole.isascii() and whole.count(_END) == len(plain) - 1:
        found = whole.lower().translate(_DROPPED).split(_END)
    else:
        found = [_text(each) for each in plain]
    return dict(zip((entry.id for entry in entries), found, strict=True)) if plain else {}


def possible(typed: str, entries: Sequence[Entry], texts: Mapping[str, str]) -> Sequence[Entry]:
    """Those of the entries whom what was typed may mean: ``PeopleFilter.matches`` says of each whether it does.

    Who is found by their names, logins or group has every word in their text, wherever words end; by their year, has it.
    """
    year, found = groups.year_group(typed), entries
    for word in words(typed):
        found = [each for each in found if word in texts[each.id]]
    if year is None:
        return found
    named = {each.id for each in found}
    return [each for each in entries if each.year_group == year or each.id in named]


def _text(plain: str) -> str:
    if plain.isascii():
        return plain.lower().translate(_DROPPED).replace(_END, "")
    return _BETWEEN.sub("", folded(plain))
