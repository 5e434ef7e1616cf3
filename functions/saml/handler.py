"""The function's door: requests of browsers go to the app; the console and the schedule ask by themselves."""

from typing import Any, Final

from aws_lambda_powertools import Logger

from saml.app import app
from saml.system import system

logger = Logger()
_LEFT: Final = 12_000  # milliseconds: a provider may take five seconds twice


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request, ``{"check": {school, connection, version}}``, ``{"read_metadata": {url}}``, ``{"kind": "metadata"}``."""
    if "check" in event:
        from latchkey.sso.look_at_saml import look_at_saml
        from latchkey.sso.model.findings import as_values

        return {"findings": as_values(look_at_saml(system(), event["check"]))}
    if "read_metadata" in event:
        from latchkey.sso.look_at_saml import look_at_metadata

        return look_at_metadata(system(), event["read_metadata"])
    if event.get("kind") == "metadata":
        return _read_all(context)
    return app(event, context)


def _read_all(context: Any) -> dict[str, Any]:
    """Every hour: the metadata that is a day old, as far as the time goes."""
    from latchkey.sso.reread_metadata import reread_all

    done = reread_all(system(), lambda: context.get_remaining_time_in_millis() > _LEFT)
    logger.info("metadata was read", extra={"connections": done})
    return {"read": done}
