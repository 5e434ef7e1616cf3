"""What the use cases of single sign-on take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.schools import needs as schools
from latchkey.second_factors import needs as second_factors

if TYPE_CHECKING:
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.shared.stores.counters import Counters
    from latchkey.sso.stores.client_secrets import ClientSecrets
    from latchkey.sso.stores.connection_looks import ConnectionLooks, Shelf
    from latchkey.sso.stores.connections import Connections
    from latchkey.sso.stores.doorways import Doorway
    from latchkey.sso.stores.links import Links
    from latchkey.sso.stores.saml_attempts import SamlAttempts


class Finds(Protocol):
    """What finding a connection takes."""

    def connections(self, school: str) -> Connections: ...


class System(second_factors.System, Finds, Protocol):
    """Its stores, keys and clock, and what second factors take."""

    def sso_links(self, school: str) -> Links: ...

    def numbers(self, school: str) -> Numbers: ...

    def saml_attempts(self, school: str) -> SamlAttempts: ...


class Knows(Finds, Protocol):
    """What telling how a connection stands takes."""

    def now(self) -> int: ...

    def sso_looks(self, school: str) -> ConnectionLooks: ...

    def sso_shelf(self, school: str) -> Shelf: ...


class Forgets(Finds, Protocol):
    """What deleting connections and their secrets takes."""

    @property
    def client_secrets(self) -> ClientSecrets: ...


class Changes(schools.System, Knows, Forgets, Protocol):
    """What changing and checking connections takes, and what changing settings takes."""

    def counters(self, setting: str, school: str) -> Counters: ...

    def doorway(self, setting: str) -> Doorway: ...
