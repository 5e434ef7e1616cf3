"""Which way each letter of a line runs, by the Unicode Bidirectional Algorithm (UAX #9) of python-bidi."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final, TypeVar
from unicodedata import bidirectional

from bidi import algorithm
from bidi.mirror import MIRRORED

_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}
_STRONG: Final = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
Run = TypeVar("Run")


def as_seen(runs: Sequence[Run], level: Callable[[Run], int]) -> list[Run]:
    """Runs in the order in which they stand from left to right (rule L2)."""
    found = list(runs)
    for floor in range(max(map(level, found), default=0), 0, -1):
        ordered: list[Run] = []
        for high, group in groupby(found, key=lambda run: level(run) >= floor):
            ordered += list(group)[:: -1 if high else 1]
        found = ordered
    return found


def mirrored(text: str) -> str:
    """A text with its brackets as they are seen where it runs from right to left (rule L4)."""
    return "".join(MIRRORED.get(sign, sign) for sign in text)


def levels(text: str, base: int | None = None) -> list[int]:
    """The embedding level of each letter: odd runs from right to left. ``base`` is the paragraph's; None: as its letters say."""
    if text.isascii() or _RIGHT_TO_LEFT.isdisjoint(map(bidirectional, text)):
        return [0] * len(text)
    base = algorithm.get_base_level(text) if base is None else base
    storage: dict[str, Any] = {"base_level": base, "base_dir": "LR"[base], "chars": [], "runs": []}
    algorithm.get_embedding_levels("".join(sign for sign in text if not _joins(sign)), storage)
    for sign in storage["chars"]:
        sign["type"] = sign["type"] or "L"  # a letter that this Unicode does not know
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _pair_brackets(storage["chars"], base)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    result: list[int] = []
    found = iter(storage["chars"])
    for sign in text:
        result.append((result[-1] if result else base) if _joins(sign) else next(found)["level"])
    return result


def _pair_brackets(signs: Sequence[dict[str, Any]], base: int) -> None:
    """Rule N0, which python-bidi leaves out: a pair of brackets runs like what it holds, or like what stands before it."""
    opened: list[int] = []
    for end, sign in enumerate(signs):
        if sign["type"] != "ON":
            continue
        if sign["ch"] in _BRACKETS:
            opened.append(end)
        elif opened and _BRACKETS[signs[opened[-1]]["ch"]] == sign["ch"]:
            start = opened.pop()
            inside = {_STRONG[each["type"]] for each in signs[start:end] if each["type"] in _STRONG}
            if inside:
                before = next((_STRONG[each["type"]] for each in reversed(signs[:start]) if each["type"] in _STRONG), "LR"[base])
                sign["type"] = signs[start]["type"] = "LR"[base] if "LR"[base] in inside else before


def _joins(sign: str) -> bool:
    """Whether a character has no direction at all and goes with what stands before it (rule X9)."""
    return bidirectional(sign) == "BN"
