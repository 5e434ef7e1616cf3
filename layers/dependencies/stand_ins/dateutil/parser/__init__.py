"""dateutil's parser of times, loaded when there is a time to read."""

from importlib import import_module
from typing import Any


def parse(*given: Any, **named: Any) -> Any:
    """What the parser makes of it."""
    return import_module("dateutil.parser._parser").parse(*given, **named)
