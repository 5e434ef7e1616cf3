"""Makes a function ready while Lambda starts it: code, clients, a connection to DynamoDB, templates.

Lambda starts a function with all the processor that there is, and runs it with what its memory buys. So the start does what
almost every container comes to; what most never need (a password's hash, a QR code) is still loaded when it is needed.

Nothing made here may be the same in two containers that must differ, because a snapshot (SnapStart) is the start of many: no
token, no chance, and no connection, which would be dead by then. ``secrets`` and ``SystemRandom`` ask the kernel each time.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from start.ahead import use_ahead

if TYPE_CHECKING:
    from latchkey.settings import FunctionName
    from latchkey.wiring import Wiring

_NOBODY: Final = "-"  # no school is called this
_PATIENCE: Final = 3.0  # seconds


def ready(
    function: "FunctionName", handler: str, *, services: tuple[str, ...] = (), pages: tuple[str, ...] = ()
) -> Callable[[Any, Any], Any]:
    """The handler (``module:name``) of a function, once the clients of these services and these templates are made.

    It raises what importing the function or reading its settings raises: then nothing would work.
    """
    use_ahead(sys.path)  # before any module is loaded that has patterns or dataclasses
    module, _, name = handler.partition(":")
    found: Callable[[Any, Any], Any] = getattr(import_module(module), name)
    _warm(function, services)
    if pages:
        from web.pages import load

        load(pages)
    return found


def _warm(function: "FunctionName", services: tuple[str, ...]) -> None:
    from latchkey.wiring import wiring

    made = wiring(function)
    for service in services:
        made.client(service)
    _greet(made)
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        made.hang_up()


def _greet(made: "Wiring") -> None:
    """Ask DynamoDB for what nobody has: the connection, credentials and endpoint of the first real call are there then.

    In a thread, because a start may take ten seconds at most and a call that hangs takes longer: the function has to come up
    then all the same, to say to somebody that it is busy.
    """

    def ask() -> None:
        with suppress(Exception):  # the first real call meets it again, where it can be answered
            made.schools.get(_NOBODY)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PATIENCE)
