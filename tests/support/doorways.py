"""Lambda's Invoke as a test wants it answered; without an answer the function itself is asked, if it is there."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Doorways:
    """The functions that meet providers, by their names: federate and saml."""

    answers: dict[str, tuple[Any, bool]] = field(default_factory=dict)
    handlers: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def answer(self, function: str, payload: Any, *, failed: bool = False) -> None:
        """From now on a function answers this."""
        self.answers[function] = payload, failed

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """Invoke."""
        event = json.loads(Payload)
        name = "saml" if "saml" in FunctionName.lower() else "federate"
        self.asked.append((name, event))
        payload, failed = self.answers.get(name) or self._handled(name, event)
        return {"Payload": io.BytesIO(json.dumps(payload).encode()), **({"FunctionError": "Unhandled"} if failed else {})}

    def _handled(self, name: str, event: Any) -> tuple[Any, bool]:
        handler = self.handlers.get(name)
        return (handler(event), False) if handler is not None else ({"errorMessage": "it is not there"}, True)
