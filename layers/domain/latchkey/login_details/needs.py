"""What the use cases of login details take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.codes import needs as codes

if TYPE_CHECKING:
    from latchkey.login_details.stores.runs import Exports
    from latchkey.settings import Settings
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.files import Files


class System(codes.System, Protocol):
    """Its stores, keys, queues and clock, and what codes takes."""

    def exports(self, school: str) -> Exports: ...

    def claims(self, school: str) -> Claims: ...

    def export_files(self) -> Files: ...

    @property
    def settings(self) -> Settings: ...
