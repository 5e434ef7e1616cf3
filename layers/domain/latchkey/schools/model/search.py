"""Finding a school in a list by name, town, postcode or URN, in spite of typing errors."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice
from typing import Final

from latchkey.schools.model.school_words import EVERYWHERE, has_initials, initials_of, joined, known_words, usual, words

_POSTCODE: Final = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?(?:[0-9][a-z]{0,2})?")
_MOST_WORDS: Final = 8
_EXACT: Final = 100
_BEGINS: Final = 80
_CLOSE: Final = 50
_MOST_JOINED: Final = 4  # words of a search of which two may be one


def distance(one: str, other: str, most: int) -> int:
    """Typing errors between two words: wrong, missing, additional and swapped letters; ``most + 1`` for any more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, start=1):
        here = [row]
        for column, letter in enumerate(other, start=1):
            cost = min(last[column] + 1, here[column - 1] + 1, last[column - 1] + (sign != letter))
            if row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == letter:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return most + 1
        before, last = last, here
    return min(last[-1], most + 1)


class SchoolIndex:
    """Schools by the words that people know them by."""

    def __init__(self, schools: Iterable[Mapping[str, str]]) -> None:
        self.schools = sorted(schools, key=lambda school: (school["name"].casefold(), school["slug"]))

    @cached_property
    def _places(self) -> dict[str, set[int]]:
        places: dict[str, set[int]] = defaultdict(set)
        for place, school in enumerate(self.schools):
            postcode = "".join(words(school["postcode"]))
            for word in (*known_words(school["name"]), *known_words(school["town"]), *words(school["urn"]), postcode):
                if word:
                    places[word].add(place)
        return dict(places)

    def search(self, text: str, most: int) -> list[Mapping[str, str]]:
        """The best matches first; every telling word of the text must be found. No text: the first in the alphabet.

        Where nothing is found, two words may be one, or the text may be initials.
        """
        wanted = _with_postcode(usual(text))[:_MOST_WORDS]
        if not wanted:
            return [] if text.strip() else list(self.schools[:most])
        found = self._ranked(wanted, most)
        for other in joined(wanted[:_MOST_JOINED]) if not found else ():
            found = found or self._ranked(other, most)
        return found or self._by_initials(initials_of(text), most)

    def _by_initials(self, letters: str, most: int) -> list[Mapping[str, str]]:
        return list(islice((each for each in self.schools if letters and has_initials(each["name"], letters)), most))

    def _ranked(self, wanted: list[str], most: int) -> list[Mapping[str, str]]:
        scores: dict[int, int] | None = None
        for word in wanted:
            found = self._find(word)
            if word in EVERYWHERE and scores is not None:
                scores = {place: score + found.get(place, 0) for place, score in scores.items()}
            elif scores is None:
                scores = found if found or word not in EVERYWHERE else None
            else:
                scores = {place: score + found[place] for place, score in scores.items() if place in found}
        ranked = sorted((scores or {}).items(), key=lambda pair: (-pair[1], pair[0]))
        return [self.schools[place] for place, _ in ranked[:most]]

    def _find(self, word: str) -> dict[int, int]:
        """How well each school answers one word."""
        found = self._scored((known, _EXACT if known == word else _BEGINS) for known in self._places if known.startswith(word))
        if found or len(word) < 4 or word.isdecimal():
            return found
        errors = 1 if len(word) < 7 else 2
        close = ((known, _apart(word, known, errors)) for known in self._places)
        return self._scored((known, _CLOSE - 10 * apart) for known, apart in close if apart <= errors)

    def _scored(self, found: Iterable[tuple[str, int]]) -> dict[int, int]:
        scores: dict[int, int] = {}
        for known, score in found:
            for place in self._places[known]:
                scores[place] = max(score, scores.get(place, 0))
        return scores


def _apart(word: str, known: str, errors: int) -> int:
    """Typing errors between a word and a known one or its beginning, which may be all that somebody has typed so far."""
    apart = distance(word, known, errors)
    return apart if len(known) <= len(word) else min(apart, distance(word, known[: len(word)], errors))


def _with_postcode(found: list[str]) -> list[str]:
    """The two halves of a postcode as the one word that the index knows."""
    joined: list[str] = []
    for word in found:
        if joined and _POSTCODE.fullmatch(joined[-1] + word) and word[0].isdigit() and len(word) <= 3:
            joined[-1] += word
        else:
            joined.append(word)
    return joined
