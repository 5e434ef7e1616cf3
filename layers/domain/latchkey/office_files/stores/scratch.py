"""A database in a temporary file that goes when it is closed: what a worker has to remember outside of memory.

It has a largest size, so that no file can fill the disk. Where there is no room left ``Unusable`` says so: trying again would
find none either.
"""

import errno
import marshal
import sqlite3
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

from latchkey.office_files.model.unusable import Unusable

LARGEST: Final = 256 * 1024 * 1024  # bytes; a function's disk has 512 MB, and sorting takes some of it for a while
_CACHE_KB: Final = 4096
_PAGE: Final = 4096
_SPARE: Final = 4096  # pages for what is written before the size is looked at
_NO_ROOM: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE"})


class Scratch:
    """One database with these ``tables``. Nothing in it outlives the ``with`` block.

    ``too_large`` is what people read of a file that does not fit.
    """

    too_large = "The file names more people than any school has. Upload it in parts."

    def __init__(self, tables: str, *, largest: int = 0, cache_kb: int = _CACHE_KB) -> None:
        self._most_pages = (largest or LARGEST) // _PAGE
        self._database = sqlite3.connect("", isolation_level=None)  # "": a file that SQLite makes and deletes itself
        self._database.executescript(
            f"""
            PRAGMA page_size = {_PAGE}; PRAGMA max_page_count = {self._most_pages + _SPARE};
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{cache_kb}; {tables}
            """
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()
        if error is not None and _is_full(error):
            raise Unusable("There is no room on our disk to read this file now. Upload it again later, or in parts.") from error

    def insert(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Write rows at once; how many were written."""
        if not rows:
            return 0
        self._database.execute("BEGIN")
        written = self._database.executemany(statement, rows).rowcount
        self._database.execute("COMMIT")
        if self.pages > self._most_pages:
            raise Unusable(self.too_large)
        return written

    @property
    def pages(self) -> int:
        """How many pages it has, of 4,096 bytes."""
        return self.count("PRAGMA page_count")

    def rows(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds, one after the other. They may be left in the middle, and the database closed then."""
        for row in self._database.execute(query, values):  # noqa: UP028 - "yield from" would close the cursor once more
            yield row

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


def _is_full(error: BaseException) -> bool:
    """Whether an error says that a disk, or what may be used of it, is full."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", "") in _NO_ROOM
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
