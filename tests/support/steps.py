"""How much work a call does, counted: the lines of Python that run, the same number on a quiet machine and on a busy one."""

import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any


def lines_run(module: ModuleType, call: Callable[[], object]) -> int:
    """The lines of a module that a call runs, each as often as it runs."""
    lines = 0

    def inside(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return inside

    def entered(frame: FrameType, _event: str, _value: Any) -> Any:
        return inside if frame.f_code.co_filename == module.__file__ else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines
