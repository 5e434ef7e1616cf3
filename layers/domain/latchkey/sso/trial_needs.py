"""What is taken from outside where an admin's own try of a connection ends, beside what all single sign-on takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sso import needs

if TYPE_CHECKING:
    from latchkey.sso.stores.connection_looks import ConnectionLooks


class Tries(needs.System, Protocol):
    """Its stores, keys and clock, and what tries have found."""

    def sso_looks(self, school: str) -> ConnectionLooks: ...
