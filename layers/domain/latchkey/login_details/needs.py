"""What the use cases of login details take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from latchkey.codes import needs as codes
from latchkey.selections import needs as selections

if TYPE_CHECKING:
    from collections.abc import Callable

    from latchkey.login_details.stores.meant import Meant
    from latchkey.login_details.stores.runs import Exports
    from latchkey.settings import Settings
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.files import Files


T = TypeVar("T")


class System(codes.System, selections.System, Protocol):
    """Its stores, keys, queues and clock, and what codes and selections take."""

    def persist(self, work: Callable[[], T], seconds: float) -> T: ...

    def exports(self, school: str) -> Exports: ...

    def meant(self, school: str) -> Meant: ...

    def claims(self, school: str) -> Claims: ...

    def export_files(self) -> Files: ...

    def cursor_key(self, school: str) -> bytes: ...

    @property
    def settings(self) -> Settings: ...
