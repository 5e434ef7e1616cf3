"""Clients' secrets as ``federate`` has read them, kept in memory for some minutes."""

from collections.abc import Callable
from typing import Final

from latchkey.sso.model.connection import Connection
from latchkey.sso.stores.client_secrets import ClientSecrets

KEPT: Final = 300
"""Seconds; a secret that was replaced counts at the latest by then."""
_MOST: Final = 64


class KeptSecrets:
    """The secrets of this container."""

    def __init__(self, secrets: ClientSecrets, clock: Callable[[], int]) -> None:
        self._secrets, self._clock = secrets, clock
        self._kept: dict[str, tuple[int, str]] = {}

    def of(self, connection: Connection, *, fresh: bool = False) -> str | None:
        """The secret of a connection's client; None: it has none, or it is gone. ``fresh``: as it is now."""
        if connection.secret is None:
            return None
        name, now = connection.secret.name, self._clock()
        kept = self._kept.get(name)
        if kept is not None and not fresh and 0 <= now - kept[0] < KEPT:
            return kept[1]
        self._kept.pop(name, None)
        value = self._secrets.get(name)
        if value is not None:
            while len(self._kept) >= _MOST:
                self._kept.pop(next(iter(self._kept)))
            self._kept[name] = (now, value)
        return value
