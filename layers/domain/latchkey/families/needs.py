"""What the use cases of families take from outside."""

from __future__ import annotations

from typing import Protocol

from latchkey.codes import needs as codes


class System(codes.System, Protocol):
    """What codes takes."""
