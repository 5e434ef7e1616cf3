"""Several words as one: in English, for names and pages of the console."""

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"; nothing of nothing."""
    *before, last = words or ("",)
    return f"{', '.join(before)} and {last}" if before else last
