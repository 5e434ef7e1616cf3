"""What the use cases of families take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.codes import needs as codes

if TYPE_CHECKING:
    from latchkey.families.stores.objections import Objections


class System(codes.System, Protocol):
    """Its stores, and what codes takes."""

    def objections(self, school: str) -> Objections: ...
