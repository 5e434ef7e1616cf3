"""What a reader has to remember outside of memory: a database in a temporary file that goes when it is closed.

It has a largest size, so that no file can fill the disk. Where there is no room left ``Unusable`` says so: trying again would
find none either.
"""

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Final, Self

from latchkey.office_files.model.unusable import Unusable

MOST_LINKS: Final = 1_000_000
LARGEST: Final = 256 * 1024 * 1024  # bytes; a function's disk has 512 MB, and sorting takes some of it for a while
_CACHE_KB: Final = 4096
_PAGE: Final = 4096
_SPARE: Final = 4096  # pages for what is written before the size is looked at
_NO_ROOM: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_TRUNCATE"})


class TemporaryNotes:
    """Texts under keys, and links between a child and a parent. The first text of a key stays; a link is kept once."""

    def __init__(self) -> None:
        self._most_pages = LARGEST // _PAGE
        self._kept_links = 0
        self._database = sqlite3.connect("", isolation_level=None)  # "": a file that SQLite makes and deletes itself
        self._database.executescript(
            f"""
            PRAGMA page_size = {_PAGE}; PRAGMA max_page_count = {self._most_pages + _SPARE};
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE_KB};
            CREATE TABLE note (subject TEXT, key TEXT, text TEXT, PRIMARY KEY (subject, key)) WITHOUT ROWID;
            CREATE TABLE list (subject TEXT, key TEXT, text TEXT, PRIMARY KEY (subject, key, text)) WITHOUT ROWID;
            CREATE TABLE link (child TEXT, parent TEXT, line INTEGER, PRIMARY KEY (child, parent)) WITHOUT ROWID;
            CREATE TABLE missing (id TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE parent_link (parent TEXT, child TEXT, PRIMARY KEY (parent, child)) WITHOUT ROWID;
            """
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()
        if error is not None and _is_full(error):
            raise Unusable("There is no room on our disk to read this file now. Upload it again later, or in parts.") from error

    def keep(self, subject: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember pairs of key and text."""
        self._insert("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", [(subject, key, text) for key, text in pairs])

    def find(self, subject: str, keys: Sequence[str]) -> dict[str, str]:
        """The texts of those of these keys that are remembered."""
        marks = ",".join("?" * len(keys))
        rows = self._database.execute(
            f"SELECT key, text FROM note WHERE subject = ? AND key IN ({marks})",  # noqa: S608 - question marks
            (subject, *keys),
        )
        return dict(rows.fetchall())

    def keep_all(self, subject: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember pairs of key and text: all texts of a key, each once."""
        self._insert("INSERT OR IGNORE INTO list VALUES (?, ?, ?)", [(subject, key, text) for key, text in pairs])

    def find_all(self, subject: str, keys: Sequence[str]) -> dict[str, list[str]]:
        """All texts of those of these keys that are remembered, in the order of the texts."""
        marks = ",".join("?" * len(keys))
        rows = self._database.execute(
            f"SELECT key, text FROM list WHERE subject = ? AND key IN ({marks}) ORDER BY key, text",  # noqa: S608 - the same
            (subject, *keys),
        )
        return {key: [text for _, text in some] for key, some in groupby(rows, key=itemgetter(0))}

    def link(self, links: Sequence[tuple[str, str, int]]) -> None:
        """Remember links of child and parent, and the row that names them."""
        self._kept_links += self._insert("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", links)
        if self._kept_links > MOST_LINKS:
            raise Unusable(
                f"Up to row {links[-1][2]:,} the file has more than {MOST_LINKS:,} links between children and parents. "
                "Upload it in parts."
            )
        self._insert("INSERT OR IGNORE INTO parent_link (child, parent) VALUES (?, ?)", [link[:2] for link in links])

    def parents_of(self, children: Sequence[str]) -> dict[str, list[str]]:
        """The parents of those of these children who have some."""
        marks = ",".join("?" * len(children))
        rows = self._database.execute(
            f"SELECT child, parent FROM link WHERE child IN ({marks}) ORDER BY child, parent",  # noqa: S608 - the same
            [*children],
        )
        return {child: [parent for _, parent in some] for child, some in groupby(rows, key=itemgetter(0))}

    def miss_linked(self) -> None:
        """Miss everybody whom a link names, until they are ``seen``."""
        self._database.execute("INSERT OR IGNORE INTO missing SELECT child FROM link UNION SELECT parent FROM link")

    def seen(self, ids: Sequence[str]) -> None:
        """These people are there."""
        self._insert("DELETE FROM missing WHERE id = ?", [(each,) for each in ids])

    def missing(self) -> Iterator[str]:
        """Whom links name and nobody has seen; they may be seen meanwhile."""
        after = ""
        while found := self._database.execute("SELECT id FROM missing WHERE id > ? ORDER BY id LIMIT 1", (after,)).fetchone():
            after = found[0]
            yield after

    def links_to_nobody(self, most: int) -> tuple[int, list[tuple[int, str]]]:
        """How many links name somebody who is missing, and the first of them: ``(row, who is missing)``."""
        gone = "(SELECT id FROM missing)"
        where = f"FROM link WHERE child IN {gone} OR parent IN {gone}"
        count: int = self._database.execute(f"SELECT count(*) {where}").fetchone()[0]
        who = f"CASE WHEN child IN {gone} THEN child ELSE parent END"
        first = self._database.execute(f"SELECT line, {who} {where} ORDER BY line, child, parent LIMIT ?", (most,))
        return count, first.fetchall()

    @property
    def links(self) -> int:
        """How many links there are."""
        count: int = self._database.execute("SELECT count(*) FROM link").fetchone()[0]
        return count

    def parents_of_children(self) -> Iterator[tuple[str, list[str]]]:
        """Each child with its parents."""
        yield from self._grouped("SELECT child, parent FROM link ORDER BY child, parent")

    def children_of_parents(self) -> Iterator[tuple[str, list[str]]]:
        """Each parent with their children."""
        yield from self._grouped("SELECT parent, child FROM parent_link ORDER BY parent, child")

    def _grouped(self, query: str) -> Iterator[tuple[str, list[str]]]:
        for one, rows in groupby(self._database.execute(query), key=itemgetter(0)):
            yield one, [row[1] for row in rows]

    def _insert(self, statement: str, rows: Sequence[tuple[str | int, ...]]) -> int:
        """How many rows were written."""
        if not rows:
            return 0
        self._database.execute("BEGIN")
        written = self._database.executemany(statement, rows).rowcount
        self._database.execute("COMMIT")
        if self._database.execute("PRAGMA page_count").fetchone()[0] > self._most_pages:
            raise Unusable("The file names more people, and links between them, than any school has. Upload it in parts.")
        return written


def _is_full(error: BaseException) -> bool:
    """Whether an error says that a disk, or what may be used of it, is full."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", "") in _NO_ROOM
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
