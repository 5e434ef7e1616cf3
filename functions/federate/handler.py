"""The function's door: requests of browsers go to the app; the console asks for a look at a connection by itself."""

from typing import Any

from federate.app import app
from federate.system import system


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request, or ``{"check": {school, connection, version}}`` with ``{"findings": [...]}``."""
    if "check" in event:
        from latchkey.sso.look_at_provider import look_at_provider
        from latchkey.sso.model.findings import as_values

        return {"findings": as_values(look_at_provider(system(), event["check"], system().settings["ORIGIN"]))}
    return app(event, context)
