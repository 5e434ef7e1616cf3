"""A worker that stands still before a call of AWS until it is told the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

Call = Callable[[str, str, dict[str, Any]], Any]
"""``call(service, operation, request)``, and its answer."""


@dataclass(frozen=True)
class Node:
    """Where a worker stands: before the call that comes next, or at its end."""

    ended: str = ""  # how
    service: str = ""
    operation: str = ""
    request: dict[str, Any] = field(default_factory=dict)


class Standing:
    """A worker at ``node``. ``work`` makes its calls by what it is handed, and returns how it ended."""

    def __init__(self, work: Callable[[Call], str]) -> None:
        self._gone = False
        self._outside = getcurrent()
        self._inside = greenlet(lambda: Node(ended=work(self._call)))
        self.node: Node = self._inside.switch()

    def goes_on(self, answer: Any) -> Node:
        """Where it stands after this answer."""
        self._outside = self._inside.parent = getcurrent()
        self.node = self._inside.switch(answer)
        return self.node

    def _call(self, service: str, operation: str, request: dict[str, Any]) -> Any:
        if self._gone:
            raise GreenletExit  # it is thrown away, and still cleans up behind itself
        try:
            return self._outside.switch(Node(service=service, operation=operation, request=request))
        except GreenletExit:
            self._gone = True
            raise
