"""Names that are nearly what somebody typed: one slip of a finger away, or two in a long word."""

from collections.abc import Iterable, Mapping
from typing import Final

from latchkey.people.model.matched import Named
from latchkey.shared.model.folding import folded, words

_SHORTEST: Final = 3  # letters of a word that can be a slip; of shorter ones every other name is near
_LONG: Final = 8  # letters from which on two slips are one word still
_MOST: Final = 3  # names to offer
_WORDS: Final = 4  # words of a search that are looked at


def near_names(typed: str, written: Mapping[str, str]) -> list[str]:
    """Up to three names, as they are written, that are nearly what was typed, the most alike first. Words that begin a name stay.

    ``written``: the words of all names, as of ``written``.

    None where a word is near to no name: it is another kind of thing than a name, or nobody here.
    """
    asked = words(typed)
    if not 1 <= len(asked) <= _WORDS or any(char.isdigit() or char in "@/" for char in typed):
        return []
    choices = [_alternatives(word, written) for word in asked]
    if not all(choices):
        return []
    first = [each[0] for each in choices]
    alone = next((place for place, each in enumerate(choices) if len(each) > 1), None)
    if alone is None:
        return [" ".join(first)]
    return [" ".join((*first[:alone], each, *first[alone + 1 :])) for each in choices[alone][:_MOST]]


def slips(one: str, other: str, most: int) -> int | None:
    """How many letters of two words are wrong, missing, too many or swapped with their neighbour; None if more than ``most``."""
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    row = [*range(len(other) + 1)]
    for at, letter in enumerate(one, 1):
        before, above, row = row, before, [at]
        for there, its in enumerate(other, 1):
            cost = min(before[there] + 1, row[-1] + 1, before[there - 1] + (letter != its))
            if at > 1 and there > 1 and letter == other[there - 2] and one[at - 2] == its:
                cost = min(cost, above[there - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


def written(people: Iterable[Named]) -> Mapping[str, str]:
    """Each word of a name of the school, folded, as it is written."""
    names = (
        name
        for each in people
        for name in (each.given_name, each.family_name, each.preferred_given_name, each.preferred_family_name)
        if name
    )
    parts = dict.fromkeys(part for name in dict.fromkeys(names) for part in name.split())
    found: dict[str, str] = {}
    for part in parts:
        found.setdefault(folded(part), part)
    return found


def _alternatives(word: str, written: Mapping[str, str]) -> list[str]:
    """The word itself where a name begins with it, else the names that it nearly is, the nearest first."""
    if any(name.startswith(word) for name in written):
        return [written.get(word, word)]
    if len(word) < _SHORTEST:
        return []
    most = 2 if len(word) >= _LONG else 1
    lengths = range(max(_SHORTEST, len(word) - most), len(word) + most + 1)
    likely = (name for name in written if len(name) in lengths and _misses(word, name) <= most)
    near = [(count, name) for name in likely if (count := slips(word, name, most)) is not None]
    return [written[name] for _, name in sorted(near)]


def _misses(word: str, name: str) -> int:
    """How many of the word's letters are nowhere in the name; each is a slip. Nearly all names are left out by it."""
    return sum(letter not in name for letter in word)
