"""What searches look through: of each person one text, in which a sign stands before all that a typed word may begin.

``PeopleFilter.matches`` says of one person whether a search finds them; here it is asked of a hundred thousand at once::

    Mary-Jane O'Neil, mj.oneil@…, 7A   ──▶   ·maryjane ·jane ·oneil ·neil ◦·mj.oneil@… ·oneil@…  [7a]
                                             · before what a word may begin, ◦ before a whole login
"""

from __future__ import annotations

from functools import partial
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from latchkey.people.model import groups
from latchkey.roll.model.entry import these_of
from latchkey.shared.model.folding import beginnings_of_login, beginnings_of_name, folded, words

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from latchkey.roll.model.entry import Entry

# Signs that nobody types: what is searched for is printable (``people_filter.parse``).
_WORD: Final = "\x01"
_LOGIN: Final = "\x02" + _WORD
_GROUP: Final = "\x03"
_END: Final = "\x04"
_NAMES: Final = ("given_name", "family_name", "preferred_given_name", "preferred_family_name")


def texts_of(entries: Sequence[Entry]) -> Mapping[str, str]:
    """The text of each person, by id; up to the first ``_END`` stand their names and address."""
    parts = [
        *(_made_once(_of_name, _column(entries, name)) for name in _NAMES),
        map(_of_login, _column(entries, "email")),
        repeat(_END),
        *(map(_of_login, _column(entries, name)) for name in ("username", "upn", "mis_id")),
        _made_once(_of_group, _column(entries, "registration_group")),
    ]
    return dict(zip(_column(entries, "id"), map("".join, zip(*parts, strict=False)), strict=True))


def found_by(typed: str, entries: Sequence[Entry], texts: Mapping[str, str], here: Iterable[str]) -> Sequence[Entry]:
    """Those of the entries whom what was typed means, in their order. ``here``: the registration groups that anybody has."""
    year, ids = groups.year_group(typed), set[str]()
    for rarest, *others in _ways(typed, {folded(each) for each in here}):
        found = [each for each, text in texts.items() if rarest in text]
        for part in others:
            found = [each for each in found if part in texts[each]]
        ids.update(found)
    if year is not None:
        ids.update(each.id for each in entries if each.year_group == year)
    return these_of(entries, ids)


def _ways(typed: str, here: Container[str]) -> Iterator[tuple[str, ...]]:
    """In which ways somebody may be meant: of each, the parts that their text has then, likely the rarest first."""
    asked, whole = words(typed), folded(typed)
    begun = {each: _WORD + each for each in sorted(asked, key=len, reverse=True)}
    yield tuple(begun.values()) or ("",)
    if [whole] != asked:
        yield (_LOGIN + whole,)
    if whole in here:
        yield (_GROUP + whole + _END,)
    for group in (each for each in begun if each in here):  # as in "smith 7a"
        rest = [each for each in asked if each != group]
        yield (_GROUP + group + _END, *(begun[each] for each in rest))
        yield (_GROUP + group + _END, _LOGIN + " ".join(rest))


def _column(entries: Sequence[Entry], name: str) -> Iterable[Any]:
    return map(attrgetter(name), entries)


def _made_once(make: Callable[[str | None], str], column: Iterable[str | None]) -> Iterable[str]:
    """What is made of each value of a column in which they repeat."""
    values = [*column]
    made = {each: make(each) for each in {*values}}
    return map(made.__getitem__, values)


def _marked(sign: str, beginnings: Callable[[str], list[str]], text: str | None) -> str:
    if not text:
        return ""
    return sign + (text.lower() if text.isascii() and text.isalnum() else _WORD.join(beginnings(text)))


_of_name: Final = partial(_marked, _WORD, beginnings_of_name)
_of_login: Final = partial(_marked, _LOGIN, beginnings_of_login)


def _of_group(group: str | None) -> str:
    return "" if group is None else _GROUP + folded(group) + _END
