"""The list of common passwords: a file that the layer's build makes. Without it no password can be set."""

from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "data" / "common_passwords.txt"


@cache
def common_passwords() -> frozenset[str]:
    """The words, folded as ``model.passwords`` compares them; a missing or empty file is an error, never an empty list."""
    words = frozenset(FILE.read_text(encoding="utf-8").split("\n")) - {""}
    if not words:
        raise RuntimeError("the list of common passwords is empty")
    return words
