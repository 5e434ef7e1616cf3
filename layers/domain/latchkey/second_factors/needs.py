"""What the use cases of second factors take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.sign_in import needs as sign_in

if TYPE_CHECKING:
    from latchkey.second_factors.model.relying_party import RelyingParty
    from latchkey.second_factors.stores.challenges import Challenges
    from latchkey.second_factors.stores.factors import KeptFactors
    from latchkey.shared.stores.queues import Queue


class System(sign_in.System, Protocol):
    """Its stores, keys, queues and clock, and what sign in takes."""

    @property
    def relying_party(self) -> RelyingParty: ...

    def second_factors(self, school: str) -> KeptFactors: ...

    def challenges(self, school: str) -> Challenges: ...

    def factor_key(self, school: str) -> bytes: ...

    def queue(self, setting: str) -> Queue: ...
