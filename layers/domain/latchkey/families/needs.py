"""What the use cases of families take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.codes import needs as codes
from latchkey.invitations import needs as invitations

if TYPE_CHECKING:
    from latchkey.families.stores.confirmations import Confirmations
    from latchkey.families.stores.links import FamilyLinks
    from latchkey.families.stores.objections import Objections
    from latchkey.settings import Settings


class System(codes.System, invitations.System, Protocol):
    """Its stores, and what codes and invitations take."""

    def confirmations(self, school: str) -> Confirmations: ...

    def family_links(self, school: str) -> FamilyLinks: ...

    @property
    def settings(self) -> Settings: ...

    def objections(self, school: str) -> Objections: ...
