"""Instead of docstrings that are written when somebody reads them: nobody does. They cost a parser of HTML."""

from typing import Any, Self


class _Docstring(str):
    __slots__ = ()

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """An empty one, whatever it would be about."""
        return super().__new__(cls)


ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = _Docstring
