"""What a check found: all right, worth knowing, or a reason not to go on; printed in plain words."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How much a finding weighs; the value is how its line begins."""

    FINE = "ok  "
    NOTE = "note"
    STOP = "STOP"


@dataclass(frozen=True)
class Finding:
    """One sentence about what is, and, where something should be done, another about what to do."""

    level: Level
    text: str
    todo: str = ""

    def __str__(self) -> str:
        return f"  {self.level.value}  {self.text}" + (f"\n        {self.todo}" if self.todo else "")


def fine(text: str) -> Finding:
    """As it should be."""
    return Finding(Level.FINE, text)


def note(text: str, todo: str = "") -> Finding:
    """Nothing is wrong yet, or it can be put right afterwards."""
    return Finding(Level.NOTE, text, todo)


def stop(text: str, todo: str = "") -> Finding:
    """It would fail, or do harm."""
    return Finding(Level.STOP, text, todo)


def tell(title: str, findings: Sequence[Finding], ending: str = "Nothing was changed") -> bool:
    """Print what was found; answers whether nothing of it is a reason to stop, and says the ending where something is."""
    print(title)
    for finding in findings:
        print(finding)
    if count := sum(finding.level is Level.STOP for finding in findings):
        print(f"\n{ending}: {count} of these {'has' if count == 1 else 'have'} to be put right.", file=sys.stderr)
    return not count
