"""Frozen dataclasses of which a send makes hundreds of thousands, made as quickly as others.

``@dataclass(frozen=True)`` sets each field of each new object through ``object.__setattr__``, which took a seventh of all that a
password link costs. That nobody changes a frozen object is what the type checker proves, of every line and before it runs; so
here it alone does. At run time the class is as frozen ones are, hash included, and an assignment would not be stopped.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

__all__ = ["quick"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick
else:

    def quick(*, frozen, **options):
        """``dataclass(frozen=True, ...)`` for classes that are made often."""
        return dataclass(unsafe_hash=frozen, **options)
