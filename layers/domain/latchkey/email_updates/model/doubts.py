"""Whether an address looks mistyped, and what was probably meant: by its domain, for names in front of the @ are anybody's.

A domain is in doubt if it is a letter or two away from one that everybody knows or that many at the school have, or if its end
does not exist. It may be right all the same, so a doubt asks for a confirmation and forbids nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from latchkey.email_updates.model import domains

_OWN_PEOPLE: Final = 3  # from so many people on a domain counts as the school's own
_MOST_OWN: Final = 8
_OWN_SHARE: Final = 10  # a domain that has a tenth of the people of another one is no slip of it
_LONG_OWN: Final = 10  # letters of a domain from which on two of them may be wrong
_LONG_NAME: Final = 7  # the same for the name of a provider
_COMMON_ENDS: Final = ("com", "net", "org")
_UK: Final = ("co", "sch", "org", "ac", "gov")
_KNOWN: Final = frozenset(domains.PROVIDERS) | domains.OTHERS


class Doubts:
    """What is in doubt at one school. ``used``: how many of its people have an address of each domain."""

    def __init__(self, used: Mapping[str, int]) -> None:
        mine = sorted(
            (name for name, people in used.items() if people >= _OWN_PEOPLE and name not in _KNOWN), key=lambda d: -used[d]
        )
        self._own = mine[:_MOST_OWN]
        self._used = used
        self._kept: dict[str, str | None] = {}

    def meant(self, address: str) -> str | None:
        """The domain that was probably meant; empty if only the end is wrong in a way that names no other. None: no doubt."""
        domain = address.rpartition("@")[2]
        if domain not in self._kept:
            self._kept[domain] = self._meant(domain)
        return self._kept[domain]

    def strange(self, given: Iterable[str]) -> list[str]:
        """Those of these domains that are worth a look: nobody knows them, and they are not mistyped ones already."""
        return [
            domain
            for domain in dict.fromkeys(given)
            if domain not in _KNOWN
            and not self._used.get(domain)
            and domain.rpartition(".")[2] not in domains.RESERVED
            and self.meant(f"@{domain}") is None
        ]

    def _meant(self, domain: str) -> str | None:
        if domain in _KNOWN:
            return None
        if domain.startswith("www."):
            return domain[4:]
        own = next((each for each in self._own if each != domain and self._is_slip_of(domain, each)), None)
        if own is not None:
            return own
        if self._used.get(domain, 0) >= _OWN_PEOPLE:
            return None
        known = next((each for each in domains.PROVIDERS if _is_like(domain, each)), None)
        return known if known is not None else _wrong_end(domain)

    def _is_slip_of(self, domain: str, own: str) -> bool:
        if self._used.get(domain, 0) * _OWN_SHARE >= self._used[own]:
            return False
        return distance(domain, own, 2) <= (2 if len(own) >= _LONG_OWN else 1)


def _is_like(domain: str, provider: str) -> bool:
    """Whether a domain is one that everybody knows, mistyped."""
    name, _, end = provider.partition(".")
    mine, _, my_end = domain.partition(".")
    if mine == name:
        return _is_other_end(name, my_end, end)
    most = 2 if len(name) >= _LONG_NAME else 1
    if my_end == end:
        # Names of three letters have too many neighbours that are somebody's: only their own letters are a slip.
        return distance(mine, name, most) <= most and (len(name) > 3 or (len(name) == 3 and set(mine) == set(name)))
    # Letters may be wrong on both sides of a full stop, and the stop may be lost or stand a letter too early.
    whole = distance(domain, provider, 2)
    if whole <= 1:
        return len(name) > 2 or not _exists(my_end)
    return whole == 2 and len(name) > 3 and not _exists(my_end) and (most == 2 or distance(mine, name, 1) <= 1)


def _is_other_end(name: str, end: str, usual: str) -> bool:
    """Whether a provider's name stands before an end that it does not have."""
    if name not in domains.IN_MANY_COUNTRIES:
        return len(name) > 4
    if end in {"co", "cm", "om", "uk", "net", "org"}:
        return usual in {"com", "co.uk"} and len(name) > 2
    return not _exists(end) and distance(end, usual, 2) <= 2


def _exists(end: str) -> bool:
    """Whether a domain can end so, as far as we know: "co.uk", "com", "com.au", "de"."""
    *before, last = end.split(".")
    if len(last) == 2:
        return last in domains.COUNTRIES and last not in {"cm", "om", "co"} and all(part in {"co", "com"} for part in before)
    return last in _COMMON_ENDS and not before


def _wrong_end(domain: str) -> str | None:
    """The domain with an end that exists, where its own does not."""
    *before, last = domain.split(".")
    if last in domains.RESERVED or last in domains.LIKE_COMMON_ENDS:
        return None
    if last == "uk":
        return _wrong_in_uk(before)
    if len(last) > 2:
        return _wrong_long_end(".".join(before), last)
    if last == "co" and before[-1] == "uk":
        return ".".join([*before[:-1], "co", "uk"])
    return _wrong_country(before, last)


def _wrong_country(before: list[str], last: str) -> str | None:
    if last in {"cm", "om"}:
        return ".".join([*before, "com"])
    if last in domains.COUNTRIES:
        return None
    return ".".join([*before, "uk"]) if before[-1] in _UK else ""


def _wrong_long_end(front: str, last: str) -> str | None:
    if last in {"couk", "cuk", "ocuk", "cok", "coku", "uko"}:
        return f"{front}.co.uk"
    usual = next((each for each in _COMMON_ENDS if distance(last, each, 1) <= 1), None)
    return f"{front}.{usual}" if usual else None


def _wrong_in_uk(before: list[str]) -> str | None:
    if len(before) < 2 or before[-1] in domains.IN_UK or len(before[-1]) > 4:
        return None
    usual = next((each for each in _UK if distance(before[-1], each, 1) <= 1), None)
    return ".".join([*before[:-1], usual, "uk"]) if usual else None


def distance(one: str, other: str, most: int) -> int:
    """How many letters are missing, too many, wrong, or swapped with their neighbour; more than ``most`` is ``most + 1``."""
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    earlier: list[int] = []
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, line[-1] + 1, before[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, earlier[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        earlier, before = before, line
    return min(before[-1], most + 1)


def domains_of(addresses: Iterable[str]) -> dict[str, int]:
    """How many of these addresses each domain has."""
    counted: dict[str, int] = {}
    for address in addresses:
        domain = address.rpartition("@")[2]
        counted[domain] = counted.get(domain, 0) + 1
    return counted
