"""A database in a temporary file that goes when it is closed: for what a worker has to remember outside of memory."""

import marshal
import sqlite3
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

_CACHE_KB: Final = 4096


class Scratch:
    """One database. Nothing in it outlives the ``with`` block."""

    def __init__(self, tables: str, *, cache_kb: int = _CACHE_KB) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # "": a file that SQLite makes and deletes itself
        self._database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{cache_kb}; {tables}"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()

    def insert(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows at once."""
        if rows:
            self._database.execute("BEGIN")
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds, one after the other."""
        yield from self._database.execute(query, values)

    def run(self, statement: str) -> None:
        """One statement."""
        self._database.execute(statement)

    def count(self, query: str, values: Sequence[Any] = ()) -> int:
        """The number that a query gives."""
        found: int = self._database.execute(query, values).fetchone()[0]
        return found


def packed(value: Any) -> bytes:
    """A value of tuples, lists, dicts, texts and numbers, to stand in a row: three times as quick as JSON."""
    return marshal.dumps(value)


def unpacked(value: bytes) -> Any:
    """The value that ``packed`` was given. Only this process can have written it: the file has no name."""
    return marshal.loads(value)  # noqa: S302
