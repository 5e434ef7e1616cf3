"""Which format a roster has: decided by what the file holds, not by its name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO, Protocol

from latchkey.office_files.model.archive import MAGIC, Zip
from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.text import encoding_of
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.columns import Chosen
from latchkey.rosters.model.oneroster import USERS, Notes, OneRoster
from latchkey.rosters.model.plain_csv import FILE, PlainCsv, nothing_remembered
from latchkey.rosters.model.questions import NOTHING_CHOSEN, Asks
from latchkey.rosters.model.runs import Batch, Format

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Source(Protocol):
    """A roster that can be read several times. ``names``: what its columns are called where they are not called as ours."""

    @property
    def format(self) -> Format: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def asks(self) -> Sequence[Asks]:
        """What the file itself makes the preview ask, once all rows have been read; it was read as the answers say."""

    def batches(self) -> Iterator[Batch]:
        """All rows, in order."""


def open_roster(
    file: BinaryIO,
    school: frozenset[str],
    notes: Notes,
    today: date,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
    *,
    columns: Callable[[str], Chosen | None] = nothing_remembered,
) -> Source:
    """The roster in a file; ``Unusable`` says why there is none.

    ``school`` are the names under which the file may name us; who left before ``today`` has left.
    ``chosen`` are answers to questions (``model/questions``); ``columns`` says by a table's header what was chosen for its
    columns.
    """
    start = file.read(8)
    if start.startswith(_OLD_EXCEL):
        raise Unusable('The file is an Excel workbook. Save it as "CSV UTF-8 (comma delimited)" and upload that.')
    if start.startswith((MAGIC, b"PK\x05\x06")):
        bundle = Zip(file)
        return OneRoster(bundle.names, bundle.open, school, notes)

    def again() -> BinaryIO:
        file.seek(0)
        return file

    encoding = encoding_of(again(), FILE)
    header = {name.casefold() for name in Table(again(), FILE, encoding=encoding).header}
    if "sourcedid" in header:
        return OneRoster([USERS], lambda _: again(), school, notes)
    return PlainCsv(again, school, today, columns)
