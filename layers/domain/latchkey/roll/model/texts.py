"""What searches look through: the folded text of each person, without blanks and hyphens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from latchkey.people.model import groups
from latchkey.shared.model.folding import each_folded, folded, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latchkey.roll.model.entry import Entry

_BETWEEN: Final = re.compile(r"[\s-]+")
_DROPPED: Final = str.maketrans("", "", " \t\r\f\v\x1c\x1d\x1e\x1f-'`")
"""What folding and ``_BETWEEN`` take out of ASCII, but for the end of a line."""


def texts_of(entries: Sequence[Entry]) -> Mapping[str, str]:
    """The text of each person, by id."""
    plain = [" ".join(filter(None, entry.texts)) for entry in entries]
    found = each_folded(plain, lambda lines: lines.lower().translate(_DROPPED), _text)
    return dict(zip((entry.id for entry in entries), found, strict=True))


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
    return _BETWEEN.sub("", folded(plain))
