"""What taking away lost factors takes from outside: less than the rest of the package, as the console and a worker do it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.schools import needs as schools

if TYPE_CHECKING:
    from latchkey.people.stores.people import Directory
    from latchkey.second_factors.stores.factors import KeptFactors


class System(schools.System, Protocol):
    """Its stores and clock, and what schools takes; not the keys of factors."""

    def directory(self, school: str) -> Directory: ...

    def second_factors(self, school: str) -> KeptFactors: ...
