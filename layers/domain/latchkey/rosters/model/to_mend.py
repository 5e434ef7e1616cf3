"""The file of rows that can be mended: where it stands and what it is called."""

from typing import Final

WHY: Final = "Latchkey: why"
"""The column with the reasons, behind those of the file itself."""
MEDIA_TYPE: Final = "text/csv; charset=utf-8"


def key_of(school: str, roster: str) -> str:
    """The key of a run's file."""
    return f"rejected/{school}/{roster}.csv"


def missing_key(school: str, roster: str) -> str:
    """The key of the file of people who are not in a run's own file."""
    return f"rejected/{school}/{roster}-missing.csv"
