"""What a reader of rosters has to remember outside of memory (``office_files/stores/scratch``)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from latchkey.office_files.model.unusable import Unusable
from latchkey.office_files.stores.scratch import Scratch

MOST_LINKS: Final = 1_000_000
_TABLES: Final = """
CREATE TABLE note (subject TEXT, key TEXT, text TEXT, PRIMARY KEY (subject, key)) WITHOUT ROWID;
CREATE TABLE list (subject TEXT, key TEXT, text TEXT, PRIMARY KEY (subject, key, text)) WITHOUT ROWID;
CREATE TABLE link (child TEXT, parent TEXT, line INTEGER, PRIMARY KEY (child, parent)) WITHOUT ROWID;
CREATE TABLE missing (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE parent_link (parent TEXT, child TEXT, PRIMARY KEY (parent, child)) WITHOUT ROWID;
"""


class TemporaryNotes(Scratch):
    """Texts under keys, and links between a child and a parent. The first text of a key stays; a link is kept once."""

    too_large = "The file names more people, and links between them, than any school has. Upload it in parts."

    def __init__(self) -> None:
        super().__init__(_TABLES)
        self._kept_links = 0

    def keep(self, subject: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember pairs of key and text."""
        self.insert("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", [(subject, key, text) for key, text in pairs])

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
        self.insert("INSERT OR IGNORE INTO list VALUES (?, ?, ?)", [(subject, key, text) for key, text in pairs])

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
        self._kept_links += self.insert("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", links)
        if self._kept_links > MOST_LINKS:
            raise Unusable(
                f"Up to row {links[-1][2]:,} the file has more than {MOST_LINKS:,} links between children and parents. "
                "Upload it in parts."
            )
        self.insert("INSERT OR IGNORE INTO parent_link (child, parent) VALUES (?, ?)", [link[:2] for link in links])

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
        self.insert("DELETE FROM missing WHERE id = ?", [(each,) for each in ids])

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
