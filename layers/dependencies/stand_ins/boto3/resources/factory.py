"""What a session makes in any case."""

from typing import Any


class ResourceFactory:
    """It makes none."""

    def __init__(self, emitter: Any) -> None: ...
