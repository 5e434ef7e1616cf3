"""Whose codes are meant: students' PINs, parents' codes, or both."""

from typing import Final, Literal

from latchkey.codes.model.codes import Kind

Audience = Literal["students", "parents", "both"]
AUDIENCES: Final[tuple[Audience, ...]] = ("students", "parents", "both")


def kinds_of(audience: Audience) -> tuple[Kind, ...]:
    """The codes that an audience is given."""
    both: tuple[Kind, ...] = ("pin", "parent")
    return both if audience == "both" else both[:1] if audience == "students" else both[1:]
