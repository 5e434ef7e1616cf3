"""What the console asks the two functions that meet providers: it fetches no address that admins type, and reads no secret.

Asked by Lambda's Invoke, waited for. ``{"check": {school, connection, version}}`` answers ``{"findings": [...]}``;
``{"read_metadata": {"url"}}`` (``saml`` alone) answers ``{"issuer", "sign_in_url", "certificates", "scopes"}`` or
``{"wrong": why}``, as findings say why.
"""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.errors import TryLater
from latchkey.shared.stores.aws import Client, translate


class Doorway:
    """One of the two functions, by its name."""

    def __init__(self, client: Client, function: str) -> None:
        self._client = client
        self._function = function

    def ask(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it answers; ``TryLater`` where it fails or is busy: its own log says why."""
        if not self._function:
            raise TryLater("Single sign-on is not part of this site yet. Nothing was changed.")
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=json.dumps(event).encode())
        except (ClientError, BotoCoreError) as error:
            translate(error)
        found: Any = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError") or not isinstance(found, dict):
            raise TryLater("The check could not be made just now. Nothing was changed; try again in a minute.")
        return found
