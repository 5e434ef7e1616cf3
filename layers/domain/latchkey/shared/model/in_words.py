"""Lists in sentences."""

from collections.abc import Iterable


def in_a_row(names: Iterable[str]) -> str:
    """Names of fields as people read them: ``given name, email``."""
    return ", ".join(name.replace("_", " ") for name in names)
