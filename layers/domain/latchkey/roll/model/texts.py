"""What searches look through: the folded text of each person, kept from one roll to the next, because folding is what costs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from latchkey.people.model import groups
from latchkey.shared.model.folding import folded, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latchkey.roll.model.entry import Entry

_BETWEEN: Final = re.compile(r"[\s-]+")


class Texts:
    """The texts of one school's people."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, str]] = {}

    def possible(self, typed: str, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Those of the entries whom what was typed may mean: ``PeopleFilter.matches`` says of each whether it does.

        Whoever is found by their names, logins or group has every word in their text, wherever words end; by their year, has it.
        """
        asked, year = words(typed), groups.year_group(typed)
        return [each for each in entries if _has(self._text(each), asked) or (year is not None and each.year_group == year)]

    def _text(self, entry: Entry) -> str:
        facts = entry.texts
        known = self._known.get(entry.id)
        if known is not None and known[0] == facts:
            return known[1]
        text = _BETWEEN.sub("", folded(" ".join(filter(None, facts))))
        self._known[entry.id] = facts, text
        return text


def _has(text: str, asked: list[str]) -> bool:
    return all(word in text for word in asked)
