"""The data register: every kind of item that is kept, and of each attribute what it is.

Each package says beside its stores what these keep (``stores/register.py``). From it come docs/data-register.md, what is held
about a person, and the test that takes every item of a full run and fails on an attribute that nobody has explained.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

TableName = Literal["directory", "credentials", "sessions", "activity"]
About = Literal["nobody", "by id", "a person"]
"""Whom an item names: nobody; people by their id alone, which says nothing once they are erased; or people by name or address."""
Erased = Literal["nothing", "deleted", "taken out", "expires"]
"""What the erasure of a person does to the item: nothing is in it; it goes; they are taken out of it; it goes by itself soon."""
EVERYWHERE: Final[Mapping[str, str]] = {
    "pk": "Key: which school, and what",
    "sk": "Key: which one",
    "expires_at": "When DynamoDB deletes the item",
}
_SHARE: Final = re.compile(r"^[0-9a-f]{2}:\d+$")
"""What one part of all visitors has spent of a budget (``Share``)."""
_WINDOW: Final = re.compile(r":\d+@\d+$")
"""Where several counters stand in one item: of the window that a name ends with, a register says only that there is one."""


@dataclass(frozen=True)
class Kind:
    """One kind of item. ``pk`` and ``sk`` as docs/architecture.md writes them; ``attributes``: what each is, and what for.

    ``seen_by``: who can see it in the product; ``hidden`` attributes no page and no answer shows.
    """

    name: str
    table: TableName
    pk: str
    sk: str
    why: str
    kept: str
    seen_by: str
    attributes: Mapping[str, str]
    about: About = "nobody"
    erased: Erased = "nothing"
    hidden: frozenset[str] = field(default_factory=frozenset)

    def is_of(self, table: str, pk: str, sk: str) -> bool:
        """Whether an item with this key is one of this kind."""
        return self.table == table and bool(self._pk.fullmatch(pk)) and bool(self._sk.fullmatch(sk))

    def unknown(self, attributes: Iterable[str]) -> set[str]:
        """Those of an item's attributes that nobody has explained."""
        named = (_SHARE.sub("<part>:<limit>", _WINDOW.sub(":<limit>@<window>", each)) for each in attributes)
        return {*named} - {*self.attributes} - {*EVERYWHERE}

    @cached_property
    def _pk(self) -> re.Pattern[str]:
        return _pattern(self.pk)

    @cached_property
    def _sk(self) -> re.Pattern[str]:
        return _pattern(self.sk)


def kind_of(register: Iterable[Kind], table: str, pk: str, sk: str) -> Kind | None:
    """The kind of an item, by its key."""
    return next((kind for kind in register if kind.is_of(table, pk, sk)), None)


def _pattern(key: str) -> re.Pattern[str]:
    parts = (re.escape(part) if part[:1] != "<" else "[^#]+" for part in re.split(r"(<[^>]+>)", key))
    return re.compile("".join(parts))
