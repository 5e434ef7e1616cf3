"""Templates are parsed by the build (functions/build/templates.py)."""

from typing import Any


class Parser:
    """It refuses to be made: nothing in the layer parses templates."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise RuntimeError("templates are parsed by the build alone")
