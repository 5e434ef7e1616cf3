"""Bundles: zips of tables that lean on each other; what OneRoster and School Data Sync have in common."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO, Final, NamedTuple, Protocol

from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.text import Encoding, encoding_of
from latchkey.office_files.model.unusable import Unusable
from latchkey.people.model.person import Person, Role
from latchkey.rosters.model.questions import NOTHING_CHOSEN

USERS: Final = "users.csv"
ROLES_FILE: Final = "roles.csv"
_SHOWN: Final[Mapping[str, str]] = {
    "academicsessions": "academic sessions",
    "classresources": "class resources",
    "courseresources": "course resources",
    "lineitemlearningobjectiveids": "line items",
    "lineitems": "line items",
    "lineitemscorescales": "line items",
    "resultlearningobjectiveids": "results",
    "resultscorescales": "results",
    "scorescales": "score scales",
    "userflags": "user flags",
    "userprofiles": "user profiles",
    "userresources": "user resources",
}
_MOST_NAMED: Final = 12


class Notes(Protocol):
    """What has to be remembered between tables, outside of memory."""

    def keep(self, subject: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember pairs of key and text; the first text of a key stays."""

    def find(self, subject: str, keys: Sequence[str]) -> dict[str, str]:
        """The texts of those of these keys that are remembered."""

    def keep_all(self, subject: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember pairs of key and text: all texts of a key, each once."""

    def find_all(self, subject: str, keys: Sequence[str]) -> dict[str, list[str]]:
        """All texts of those of these keys that are remembered."""


class KnownAs(NamedTuple):
    """Somebody of a row as Latchkey has them already."""

    role: Role
    given_name: str
    family_name: str


class Around(NamedTuple):
    """What a reader knows beside its file: the school, the day and who is there.

    ``names`` are the school's slug, URN and LAESTAB, as a file may name it; ``title`` is its name. ``known`` gives those of some
    MIS ids who are in Latchkey: for rows that do not say again what has not changed; ``students`` all students, some at a time.
    ``chosen`` are answers to questions.
    """

    names: frozenset[str]
    today: date
    title: str = ""
    known: Callable[[Sequence[str]], Mapping[str, KnownAs]] = lambda _: {}
    students: Callable[[], Iterator[Sequence[Person]]] = lambda: iter(())
    chosen: Mapping[str, str] = NOTHING_CHOSEN


class Bundle:
    """The tables of a bundle, by their names in small letters; ``open_file`` opens one."""

    def __init__(self, files: Sequence[str], open_file: Callable[[str], BinaryIO]) -> None:
        self.files = files
        self._open = open_file
        self._encodings: dict[str, Encoding] = {}

    def __contains__(self, file: str) -> bool:
        return file in self.files

    def table(self, file: str) -> Table:
        """One of the tables, from its beginning."""
        encoding = self._encodings.get(file)
        if encoding is None:
            encoding = self._encodings[file] = encoding_of(self._open(file), file)
        return Table(self._open(file), file, encoding=encoding)

    def places(self, file: str) -> dict[str, int]:
        """Where each column of a table stands, by its name in small letters."""
        columns = [name.casefold() for name in self.table(file).header]
        found = {name: place for place, name in enumerate(columns) if name}
        if len(found) < len([name for name in columns if name]):
            raise Unusable(f"{file} has a column twice.")
        return found

    def rows(self, file: str, *needed: str, optional: tuple[str, ...] = ()) -> Iterator[list[tuple[str, ...]]]:
        """The cells of these columns, some rows at a time, without blanks around; "" for an optional column that is not there."""
        table = self.table(file)
        places = {name.casefold(): place for place, name in enumerate(table.header)}
        missing = [name for name in needed if name.casefold() not in places]
        if missing:
            raise Unusable(f"{file} lacks the column {', '.join(missing)}.")
        chosen = [places.get(name.casefold()) for name in (*needed, *optional)]
        for _, rows, _ in table.batches():
            yield [tuple("" if place is None else row[place].strip() for place in chosen) for row in rows]

    def unread(self, read: frozenset[str]) -> str:
        """The files that are not ``read``, in words: "; courses and demographics were not read", or nothing."""
        stems = sorted(file.removesuffix(".csv") for file in self.files if file not in read)
        named = list(dict.fromkeys(_SHOWN.get(stem, stem[:40]) for stem in stems))[:_MOST_NAMED]
        named = [name for name in named if name.isprintable()]
        if not named:
            return ""
        words = ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else named[0]
        return f"; {words} {'were' if len(named) > 1 or words.endswith('s') else 'was'} not read"


def alive(status: str) -> bool:
    """Whether a record still counts."""
    return status.casefold() != "tobedeleted"
