"""What the use cases of codes take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.second_factors import needs as second_factors

if TYPE_CHECKING:
    from latchkey.codes.stores.codes import Codes
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.codes.stores.uses import CodeUses


class System(second_factors.System, Protocol):
    """Its stores, keys, queues and clock, and what second factors take."""

    def time(self) -> float: ...

    def codes(self, school: str) -> Codes: ...

    def numbers(self, school: str) -> Numbers: ...

    def code_uses(self, school: str) -> CodeUses: ...

    def code_key(self, school: str, epoch: int) -> bytes: ...
